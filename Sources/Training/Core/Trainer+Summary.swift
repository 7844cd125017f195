extension Trainer {
  /// The model's layers with their shapes and counts.
  /// - Throws: `Diagnostic`, as tracing does.
  public func layerSummary() throws -> LayerSummary { try model.layerSummary(for: inputType) }

  /// The model as Keras prints it; see `LayerSummary.kerasText(name:)`. For a listing of a line per layer use
  /// ``layerSummary()`` and its `compactText(loss:)`.
  /// - Throws: `Diagnostic`, as tracing does.
  public func summary() throws -> String { try model.summary(for: inputType) }
}
