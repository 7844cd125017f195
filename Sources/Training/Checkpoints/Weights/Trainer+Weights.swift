extension Trainer {
  /// Writes the weights, averaged where the method averages, as a safetensors file that other frameworks read.
  /// - Throws: ``WeightError`` or ``SafetensorsError``.
  public func exportWeights(to path: String, layout: WeightLayout = .tanren) throws {
    try layout.exported(variables, records: structure()).write(to: path)
  }

  /// Begins anew with the weights of a safetensors file: epochs, updates and what the method remembers are
  /// those of a new trainer.
  /// - Throws: ``WeightError`` or ``SafetensorsError``; the trainer is as it was then.
  public func importWeights(from path: String, layout: WeightLayout = .tanren) throws {
    let variables = ModelVariables(parameters: state.parameters, state: state.modelState)
    let read = try layout.imported(Safetensors(contentsOf: path), for: variables, records: structure())
    let fresh = TrainingState(read, method: method)
    state = TrainingState(tree: try fresh.tree.evaluate().unaliased())
    (step, epoch, history, plan, memories) = (0, 0, History(), nil, [:])
  }

  /// The calls of layers that the model is made of.
  private func structure() throws -> [LayerRecord] { try model.trace(inputType, precision: precision).records }
}
