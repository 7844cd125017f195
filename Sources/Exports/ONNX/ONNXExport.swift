import Arrays
import Tensors
import Training

extension InferenceModel {
  /// Batch sizes at which the model is traced to learn what depends on them: primes, none of which is likely to be an
  /// extent that the model chooses by itself.
  private static let tracedSizes = [5, 7, 11]

  /// The model as an ONNX file.
  /// - Parameter batchSize: nil for a graph that takes batches of any size.
  func onnx(batchSize: Int?) throws -> [UInt8] {
    let graph = try onnxGraph(batchSize: batchSize)
    // Arrays known while tracing needn't go through the engine.
    let lazy = try Tensor.evaluate(graph.constants.map(\.tensor).filter { $0.constantArray == nil })
    var computed = lazy.makeIterator()
    let constants = try graph.constants.map { name, tensor in
      (name, try tensor.constantArray ?? computed.next()?.hostArray() ?? tensor.hostArray())
    }
    var metadata = [("preprocessing", preprocessing == nil ? "not included" : "included")]
    if !classNames.isEmpty { metadata.append(("classes", JSONValue.array(classNames.map { .string($0) }).text())) }
    let file = ONNXFile(body: graph.body, constants: constants, name: model.label, metadata: metadata)
    guard file.size <= Int(Int32.max) else { throw ExportError.tooLarge(bytes: file.size) }
    return file.bytes()
  }

  func onnxGraph(batchSize: Int?) throws -> ONNXGraph {
    var exported = self
    // Runtimes have few operators in half precision on CPUs, and the parameters are float32 anyway.
    exported.precision.computation = precision.parameters
    let traces = try (batchSize.map { [$0] } ?? Self.tracedSizes).map { size in
      try TracedFunction(batchSize: size, [inputs(ofSize: size)]) {
        exported.results($0[0], variables)
      }
    }
    for result in traces[0].results where result.shape.first != traces[0].batchSize {
      throw Diagnostic(operation: "export", message: "needs a model that gives [batch, …]", inputs: [result.type])
    }
    let names = (variables.parameters.pairs + variables.state.pairs).map { (name: $0.path, tensor: $0.tensor) }
    return try ONNXGraph(traces, names: names, inputs: ["input"], outputs: resultNames)
  }
}
