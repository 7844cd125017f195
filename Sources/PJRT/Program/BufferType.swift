import CPJRT

/// The element type and shape of a buffer or of a program's parameter.
public struct BufferType: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]

  public init(dtype: DType, shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }

  /// Bytes in row-major order without padding. A product beyond `Int` gives `Int.max`, which no
  /// memory holds.
  public var byteCount: Int {
    if shape.contains(0) { return 0 }
    var count = dtype.byteCount
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { return .max }
      count = product
    }
    return count
  }
}

extension BufferType: CustomStringConvertible {
  /// For example `float32[2, 3]`; a scalar is `float32[]`.
  public var description: String { "\(dtype)\(shape)" }
}

extension DType {
  /// The element type's number in the PJRT C API.
  var pjrt: PJRT_Buffer_Type {
    switch self {
    case .bool: PJRT_Buffer_Type_PRED
    case .int8: PJRT_Buffer_Type_S8
    case .int16: PJRT_Buffer_Type_S16
    case .int32: PJRT_Buffer_Type_S32
    case .int64: PJRT_Buffer_Type_S64
    case .uint8: PJRT_Buffer_Type_U8
    case .uint16: PJRT_Buffer_Type_U16
    case .uint32: PJRT_Buffer_Type_U32
    case .uint64: PJRT_Buffer_Type_U64
    case .float16: PJRT_Buffer_Type_F16
    case .bfloat16: PJRT_Buffer_Type_BF16
    case .float32: PJRT_Buffer_Type_F32
    case .float64: PJRT_Buffer_Type_F64
    }
  }

  /// - Returns: `nil` for the types that a ``HostArray`` can't hold, such as complex numbers.
  init?(pjrt type: PJRT_Buffer_Type) {
    guard let dtype = DType.allCases.first(where: { $0.pjrt == type }) else { return nil }
    self = dtype
  }
}
