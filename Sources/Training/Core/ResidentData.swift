import PJRT

/// A supervised data set in the device's memory, as it came: bytes stay bytes.
public struct ResidentData: Sendable {
  /// `[count, …]`
  public let inputs: Tensor
  /// `[count]` class indices, or `[count, …]` values.
  public let targets: Tensor
  public let count: Int
  /// The least and the greatest target, where they are integers and there are any.
  let labels: ClosedRange<Int>?

  /// - Throws: `EngineError` if the device can't hold it.
  public init(_ data: LabeledArrays) throws {
    count = data.count
    inputs = Tensor(try Tensor(data.inputs).buffer())
    targets = Tensor(try Tensor(data.targets).buffer())
    labels = try data.targets.integerRange()
  }
}

extension HostArray {
  /// The least and the greatest element; nil without elements, and for types that aren't integers.
  fileprivate func integerRange() throws -> ClosedRange<Int>? {
    func range<Value: HostScalar & FixedWidthInteger>(_ type: Value.Type) throws -> ClosedRange<Int>? {
      let values = try values(as: type)
      guard let least = values.min(), let greatest = values.max() else { return nil }
      return Int(clamping: least)...Int(clamping: greatest)
    }
    return switch dtype {
    case .int8: try range(Int8.self)
    case .int16: try range(Int16.self)
    case .int32: try range(Int32.self)
    case .int64: try range(Int64.self)
    case .uint8: try range(UInt8.self)
    case .uint16: try range(UInt16.self)
    case .uint32: try range(UInt32.self)
    case .uint64: try range(UInt64.self)
    case .bool, .float16, .bfloat16, .float32, .float64: nil
    }
  }
}
