extension Layer {
  /// Makes the model's variables for inputs of a given type, and computes them.
  ///
  /// - Parameters:
  ///   - input: the type of a batch; its size doesn't matter.
  ///   - key: decides all initial values, each by its path.
  ///   - precision: the element types of parameters and computation.
  /// - Throws: `Diagnostic` with the layer's path if the layers don't fit together or the input.
  public func variables(for input: TensorType, key: Key, precision: Precision = .float32) throws -> ModelVariables {
    let lazy = try trace(input, key: key, precision: precision).variables
    return ModelVariables(parameters: try lazy.parameters.evaluate(), state: try lazy.state.evaluate())
  }

  /// What calls of layers a batch of `input`'s type goes through, inner ones first, and the variables that
  /// they ask for, not computed.
  /// - Throws: as ``variables(for:key:precision:)`` does.
  public func trace(
    _ input: TensorType, key: Key = Key(seed: 0), precision: Precision = .float32
  ) throws -> (records: [LayerRecord], variables: ModelVariables) {
    let trace = ScopeTrace(nil, key: key, isTraining: false, precision: precision)
    let output = self(Tensor.zeros(input.shape, dtype: input.dtype), in: Scope(trace))
    if let diagnostic = output.diagnostic { throw diagnostic }
    return (trace.records, ModelVariables(parameters: trace.parameters, state: trace.state))
  }

  /// Traces the model with given variables.
  /// - Parameters:
  ///   - precision: that of the first parameter by default, in which the model computes then.
  ///   - statisticsShare: see ``Scope/statisticsShare``.
  /// - Returns: the output, and the state after this step.
  public func apply(
    _ variables: ModelVariables, to x: Tensor, isTraining: Bool = false, key: Key = Key(seed: 0),
    precision: Precision? = nil, statisticsShare: Tensor? = nil
  ) -> (output: Tensor, state: TensorTree) {
    let dtype = variables.parameters.tensors.first?.dtype ?? .float32
    let trace = ScopeTrace(
      variables, key: key, isTraining: isTraining,
      precision: precision ?? Precision(parameters: dtype, computation: dtype), statisticsShare: statisticsShare)
    let output = self(x, in: Scope(trace))
    return (output, trace.state)
  }
}
