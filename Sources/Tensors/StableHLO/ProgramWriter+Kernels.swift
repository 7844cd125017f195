extension ProgramWriter {
  /// Which of a call's arrays have their last two axes in memory as LAPACK has them, column after column.
  public enum Layout: Sendable {
    case rowMajor
    case columnMajorResults
    case columnMajor
  }

  /// Writes a call of a kernel.
  /// - Parameters:
  ///   - target: the kernel's name, as a ``KernelModule`` has it.
  ///   - attributes: by name, spelled as MLIR does: `2 : i64`.
  ///   - overwritten: an input of the result's type, whose memory the kernel may write the only result to.
  public mutating func call(
    target: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, String>, _ results: [TensorType],
    layout: Layout = .rowMajor, overwriting overwritten: Int? = nil
  ) -> [Value] {
    call(
      target: target, inputs, attributes, results,
      further: Self.layouts(layout, inputs.map(\.type), results) + (overwritten.map { Self.aliases([$0]) } ?? ""))
  }

  /// - Parameter further: the call's attributes for XLA.
  private mutating func call(
    target: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, String>, _ results: [TensorType],
    further: String
  ) -> [Value] {
    let settings = attributes.map { "\($0) = \($1)" }.joined(separator: ", ")
    let types = results.map(\.description).joined(separator: ", ")
    return assign(
      "stablehlo.custom_call @\(target)(\(inputs.map(\.name).joined(separator: ", "))) "
        + "{api_version = 4 : i32, backend_config = {\(settings)}\(further)} : "
        + "(\(inputs.map(\.type.description).joined(separator: ", "))) -> "
        + (results.count == 1 ? types : "(\(types))"), results)
  }

  /// Writes a call of one of the engine's own kernels whose results take the place of its inputs.
  mutating func callInPlace(_ kernel: String, _ inputs: [Value]) -> [Value] {
    call(
      target: "tanren.\(kernel)", inputs, [:], inputs.map(\.type), further: Self.aliases(Array(inputs.indices)))
  }

  /// A call's attribute for XLA: each result lies where one of these inputs does.
  private static func aliases(_ inputs: [Int]) -> String {
    let pairs = inputs.enumerated().map { result, input in
      "#stablehlo.output_operand_alias<output_tuple_indices = [\(inputs.count == 1 ? "" : "\(result)")], "
        + "operand_index = \(input), operand_tuple_indices = []>"
    }
    return ", output_operand_aliases = [\(pairs.joined(separator: ", "))]"
  }

  /// Writes a call of one of the engine's own kernels.
  mutating func call(
    _ kernel: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, String>, _ results: [TensorType],
    layout: Layout = .rowMajor, overwriting overwritten: Int? = nil
  ) -> [Value] {
    call(target: "tanren.\(kernel)", inputs, attributes, results, layout: layout, overwriting: overwritten)
  }

  /// A call of a kernel by OpenBLAS in float32 or float64; narrower types are computed in float32.
  ///
  /// - Returns: nil if the engine has no such kernel, or there is nothing to compute.
  package mutating func callLinearAlgebra(
    _ kernel: String, _ inputs: [Value], _ results: [TensorType], layout: Layout = .columnMajor
  ) -> [Value]? {
    guard kernels.contains(.linearAlgebra), !(inputs.map(\.type) + results).contains(where: { $0.shape.contains(0) })
    else { return nil }
    func computed(_ type: TensorType) -> TensorType {
      TensorType(type.dtype.isFloatingPoint ? type.dtype.accumulation : type.dtype, type.shape)
    }
    let wide = inputs.map { convert($0, to: computed($0.type).dtype) }
    let found = call(kernel, wide, [:], results.map(computed), layout: layout)
    return zip(found, results).map { convert($0, to: $1.dtype) }
  }

  /// A call that the engine has no kernel for, and nothing else: the program isn't compiled.
  mutating func callMissing(_ kernel: String, for operation: String, _ inputs: [Value], _ results: [TensorType])
    -> [Value]
  {
    refuse(
      Diagnostic(
        operation: operation,
        message:
          "is computed by OpenBLAS on the CPU, which this engine has no kernels of: run `tanren engine install`; "
          + "`tanren engine info` says what is missing", inputs: inputs.map(\.type), file: nil))
    return call(kernel, inputs, [:], results)
  }

  /// The attributes that say how arrays lie in memory; nothing where all are row-major.
  private static func layouts(_ layout: Layout, _ inputs: [TensorType], _ results: [TensorType]) -> String {
    guard layout != .rowMajor, let matrices = inputs.first?.shape.rank else { return "" }
    func list(_ types: [TensorType], isColumnMajor: Bool) -> String {
      let orders = types.map { type in
        let rank = type.shape.rank
        var axes = Array((0..<rank).reversed())
        // The others are vectors.
        if isColumnMajor, rank == matrices { axes.swapAt(0, 1) }
        return "dense<\(axes)> : tensor<\(rank)xindex>"
      }
      return "[\(orders.joined(separator: ", "))]"
    }
    return ", operand_layouts = \(list(inputs, isColumnMajor: layout == .columnMajor)), "
      + "result_layouts = \(list(results, isColumnMajor: true))"
  }

  /// A list of integers as an attribute.
  static func attribute(_ numbers: [Int]) -> String {
    "array<i64\(numbers.isEmpty ? "" : ": ")\(numbers.map(String.init).joined(separator: ", "))>"
  }

  /// A number as an attribute.
  static func attribute(_ number: Double) -> String {
    DType.float64.literal(withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)) + " : f64"
  }
}
