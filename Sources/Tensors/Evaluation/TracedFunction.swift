import PJRT

/// A function traced on a batch of a certain size.
package struct TracedFunction {
  package let batchSize: Int
  package let parameters: [Tensor]
  package let results: [Tensor]

  /// Traces `body` on arguments of the given types. Operations remember the layer that they belong to.
  /// - Throws: the `Diagnostic` of the first operation that failed, and what `body` throws.
  package init(batchSize: Int, _ types: [TensorType], _ body: ([Tensor]) throws -> [Tensor]) throws {
    let parameters = types.map { Tensor(Placeholder($0), []) }
    self.batchSize = batchSize
    self.parameters = parameters
    results = try TraceContext.$recordsPaths.withValue(true) { try body(parameters) }
    for result in results {
      if let diagnostic = result.diagnostic { throw diagnostic }
    }
  }
}

extension TracedFunction {
  /// The function as a StableHLO program without calls of kernels, and the arrays that it takes besides its arguments:
  /// further arguments, in order.
  /// - Throws: the `Diagnostic` of an operation that can't be compiled.
  package func stableHLO() throws -> (text: String, arrays: [Tensor]) {
    let kernels = Kernels(reason: "other programs have none")
    let lowering = try Lowering(results, of: parameters, kernels: kernels)
    return (lowering.text, lowering.arrays)
  }
}
