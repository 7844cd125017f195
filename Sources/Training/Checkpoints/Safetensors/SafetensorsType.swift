/// The names that safetensors files have for element types.
enum SafetensorsType {
  /// In the order in which the reference writer lays tensors out: each begins where its alignment asks.
  private static let names: [(name: String, dtype: DType)] = [
    ("U64", .uint64), ("I64", .int64), ("F64", .float64), ("F32", .float32), ("U32", .uint32), ("I32", .int32),
    ("BF16", .bfloat16), ("F16", .float16), ("U16", .uint16), ("I16", .int16), ("I8", .int8), ("U8", .uint8),
    ("BOOL", .bool),
  ]

  static let known = names.map(\.name)
  private static let dtypes = Dictionary(uniqueKeysWithValues: names.map { ($0.name, $0.dtype) })
  private static let ranks = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($0.element.dtype, (rank: $0.offset, name: $0.element.name)) })

  static func dtype(_ name: String) -> DType? { dtypes[name] }
  static func name(_ dtype: DType) -> String { ranks[dtype]?.name ?? "" }
  static func rank(_ dtype: DType) -> Int { ranks[dtype]?.rank ?? names.count }
}
