import Training

/// What becomes of the last layer of a network that starts from a file's weights.
public enum Head: String, Sendable, Hashable, CaseIterable {
  /// It gets the file's values too.
  case keep
  /// It stays as it is initialized: the task has other classes than the file's.
  case new
}

extension RunConfiguration {
  /// Reads what a run starts from.
  mutating func readWeights(_ options: inout Options) throws(ConfigurationError) {
    let file = try options.text("weights", default: "")
    weights = file.isEmpty || file == "none" ? nil : file
    for key in ["head", "partialWeights"] where weights == nil && options.has(key) {
      throw .invalid(message: "'\(key)' is for a run with 'weights: FILE'", origin: options.origin(of: key))
    }
    head = try options.oneOf("head", default: head)
    allowsPartialWeights = try options.flag("partialWeights", default: allowsPartialWeights)
  }

  /// Gives a trainer the weights that its run starts from.
  /// - Parameter note: receives sentences about what was loaded.
  /// - Throws: `WeightError`, which lists everything that doesn't fit.
  func loadWeights(into trainer: Trainer, note: (String) -> Void) throws {
    guard let weights else { return }
    let match = try trainer.loadWeights(
      from: weights, WeightPolicy(replacesHead: head == .new, allowsPartial: allowsPartialWeights))
    note("Weights: \(match.loaded.count) arrays from \(weights), by \(match.naming)'s names")
    for text in match.notes { note("Weights \(text)") }
  }
}
