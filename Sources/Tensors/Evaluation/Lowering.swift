import PJRT

/// A graph as a StableHLO program, and the arrays that it takes besides its parameters.
struct Lowering {
  let text: String
  /// Device arrays and large constants that the graph mentions: further arguments, in order.
  let arrays: [Tensor]

  /// - Parameters:
  ///   - aliases: for an argument's index the result that may take over its memory.
  ///   - devices: how many devices the program runs on.
  ///   - kernels: the kernels that the program may call.
  /// - Throws: the ``Diagnostic`` of the first operation that failed, or that the engine can't compute.
  init(
    _ results: [Tensor], of parameters: [Tensor] = [], aliases: [Int: Int] = [:], devices: Int = 1, kernels: Kernels
  ) throws {
    for result in results {
      if let diagnostic = result.diagnostic { throw diagnostic }
    }
    let own = Set(parameters.map(\.node.id))
    var arrays: [Tensor] = []
    for node in nodes(leadingTo: results, stoppingAt: { own.contains($0.id) }) {
      if node.primitive is DeviceArray || (node.primitive as? Constant)?.isInline == false {
        arrays.append(Tensor(node: node))
      } else if node.primitive is Placeholder {
        throw Diagnostic(
          operation: "compile", message: "the graph uses an argument of another function: pass it as an argument",
          inputs: node.types)
      }
    }
    var writer = ProgramWriter(kernels: kernels, devices: devices)
    var arguments: [String] = []
    for (index, tensor) in (parameters + arrays).enumerated() {
      let name = ProgramWriter.argument(index)
      writer.bind(tensor, to: Value(name: name, type: tensor.type))
      let alias = aliases[index].map { " {tf.aliasing_output = \($0) : i32}" } ?? ""
      arguments.append("\(name): \(tensor.type)\(alias)")
    }
    let values = writer.write(results)
    if let diagnostic = writer.diagnostic { throw diagnostic }
    let types = results.map(\.type.description).joined(separator: ", ")
    self.arrays = arrays
    text = """
      module @tanren {
        func.func @main(\(arguments.joined(separator: ", "))) -> (\(types)) {
      \(writer.lines.joined(separator: "\n"))
          return \(values.map(\.name).joined(separator: ", ")) : \(types)
        }
      }

      """
  }
}
