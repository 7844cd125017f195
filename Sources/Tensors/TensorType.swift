@_exported import struct PJRT.HostArray
@_exported import enum PJRT.DType

/// What is known of a tensor before anything runs: its element type and shape.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public let dtype: DType
  public let shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  /// As StableHLO spells it: `tensor<2x3xf32>`.
  public var description: String {
    "tensor<" + shape.map { "\($0)x" }.joined() + dtype.stableHLO + ">"
  }
}

extension DType {
  /// As StableHLO spells it.
  var stableHLO: String {
    switch self {
    case .bool: "i1"
    case .int8: "i8"
    case .int16: "i16"
    case .int32: "i32"
    case .int64: "i64"
    case .uint8: "ui8"
    case .uint16: "ui16"
    case .uint32: "ui32"
    case .uint64: "ui64"
    case .float16: "f16"
    case .bfloat16: "bf16"
    case .float32: "f32"
    case .float64: "f64"
    }
  }
}
