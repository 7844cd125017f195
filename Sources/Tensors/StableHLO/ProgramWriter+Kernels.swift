extension ProgramWriter {
  /// Writes a call of a kernel; attributes are spelled as MLIR does.
  mutating func call(
    _ kernel: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, String>, _ results: [TensorType]
  ) -> [Value] {
    let settings = attributes.map { "\($0) = \($1)" }.joined(separator: ", ")
    let types = results.map(\.description).joined(separator: ", ")
    return assign(
      "stablehlo.custom_call @tanren.\(kernel)(\(inputs.map(\.name).joined(separator: ", "))) "
        + "{api_version = 4 : i32, backend_config = {\(settings)}} : "
        + "(\(inputs.map(\.type.description).joined(separator: ", "))) -> "
        + (results.count == 1 ? types : "(\(types))"), results)
  }

  /// A list of integers as an attribute.
  static func attribute(_ numbers: [Int]) -> String {
    "array<i64\(numbers.isEmpty ? "" : ": ")\(numbers.map(String.init).joined(separator: ", "))>"
  }
}
