/// The element type of an array: the same set on the host, in a program and on a device.
public enum DType: String, Sendable, Hashable, CaseIterable, Codable {
  case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
  case float16, bfloat16, float32, float64

  /// Bytes per element.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Whether the type has a fraction, and so gradients.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  public var isUnsigned: Bool {
    switch self {
    case .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  public var isInteger: Bool { !isFloatingPoint && self != .bool }

  /// The type that sums, norms and running means of elements of this type are kept in: `float32` for half
  /// precision, otherwise the type itself.
  ///
  /// In `bfloat16` 256 + 1 is 256 and 0.999 is 1; in `float16` 1e-8 is 0.
  public var accumulation: DType {
    switch self {
    case .float16, .bfloat16: .float32
    default: self
    }
  }
}
