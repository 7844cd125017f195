import Arrays
import Tensors
import Training

/// A StableHLO program of a model's inference, and the arrays that are its arguments after the inputs.
struct StableHLOExport {
  let text: String
  let arguments: Safetensors
}

extension InferenceModel {
  /// - Parameter weightsFile: the name under which the arguments will be found, for the comment in the program.
  func stableHLO(batchSize: Int, weightsFile: String) throws -> StableHLOExport {
    let trees = variables
    let all = trees.parameters.merging(trees.state)
    let input = inputs(ofSize: batchSize)
    let trace = try TracedFunction(batchSize: batchSize, [input] + all.types) { arguments in
      let given = all.with(arguments.dropFirst())
      let variables = ModelVariables(
        parameters: trees.parameters.map { path, tensor in given[path] ?? tensor },
        state: trees.state.map { path, tensor in given[path] ?? tensor })
      return results(arguments[0], variables)
    }
    let (text, arrays) = try trace.stableHLO()
    let constants = TensorTree(arrays.enumerated().map { ("constant\($0.offset + 1)", $0.element) })
    var file = Safetensors()
    let values = try all.merging(constants).evaluate().pairs
    for (path, tensor) in values { file.tensors[path] = try tensor.hostArray() }
    let names = values.map(\.path)
    file.metadata["arguments"] = JSONValue.array(names.map { .string($0) }).text()
    if !classNames.isEmpty { file.metadata["classes"] = JSONValue.array(classNames.map { .string($0) }).text() }
    let listed = [("input", input)] + values.map { ($0.path, $0.tensor.type) }
    let header =
      ["Inference by a model trained with Tanren. Arguments after the first are arrays of \(fileName(weightsFile)):"]
      + listed.enumerated().map { "  %arg\($0.offset): \($0.element.0), \($0.element.1)" }
      + ["Results: " + zip(resultNames, trace.results).map { "\($0), \($1.type)" }.joined(separator: "; ")]
    return StableHLOExport(text: header.map { "// \($0)\n" }.joined() + text, arguments: file)
  }

  private func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
