/// Why a search, a scale or a pruner makes no sense, and what to do about it.
public enum SearchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A scale's low end lies above its high end.
  case reversedRange(low: Double, high: Double)
  /// A scale has one value or none.
  case emptyRange(String)
  /// A logarithmic scale begins at 0 or below.
  case notPositive(low: Double)
  /// An end of a scale is infinite or NaN, or its length overflows.
  case notFinite(low: Double, high: Double)
  case duplicateChoice(String)
  case noSettings
  case duplicateSetting(String)
  /// A point or a list of values doesn't have one entry per setting.
  case wrongCount(what: String, expected: Int, found: Int)
  /// A value isn't on its setting's scale.
  case notOnScale(setting: String, value: String, scale: String)
  case tooManySettings(sampler: String, limit: Int, found: Int)
  case tooManyTrials(sampler: String, limit: Int, trial: Int)
  /// A sampler that learns from results lacks some of those it needs.
  case missingResults(sampler: String, trial: Int, missing: Int)
  /// The first comparison of a pruner comes after the end of the training.
  case firstTooLate(first: Int, epochs: Int)
  case noTrials

  public var description: String {
    switch self {
    case .reversedRange(let low, let high):
      "the range from \(text(low)) to \(text(high)) is reversed: write the lesser end first"
    case .emptyRange(let scale): "\(scale) leaves nothing to search: give it at least two values"
    case .notPositive(let low):
      "a logarithmic range begins above 0, not at \(text(low)): raise its lower end, or use 'linear'"
    case .notFinite(let low, let high):
      "the range from \(text(low)) to \(text(high)) can't be searched: give it finite ends"
    case .duplicateChoice(let value): "\(value) is listed twice: list each choice once"
    case .noSettings: "the space has no settings: give at least one setting and its scale"
    case .duplicateSetting(let name): "'\(name)' is in the space twice: give it one scale"
    case .wrongCount(let what, let expected, let found):
      "\(found) \(what) for a space of \(expected) settings: give one per setting"
    case .notOnScale(let setting, let value, let scale): "'\(setting)' is \(value), which isn't on its scale \(scale)"
    case .tooManySettings(let sampler, let limit, let found):
      "the sampler '\(sampler)' covers at most \(limit) settings, but the space has \(found): search fewer, or use "
        + "'random'"
    case .tooManyTrials(let sampler, let limit, let trial):
      "the sampler '\(sampler)' has trials 0 to \(limit - 1), and no trial \(trial)"
    case .missingResults(let sampler, let trial, let missing):
      "the sampler '\(sampler)' can't draw trial \(trial) before trial \(missing) has ended: run that one first"
    case .firstTooLate(let first, let epochs):
      "trials of \(epochs) epochs can't be compared for the first time after \(first): choose a smaller 'first', or "
        + "train longer"
    case .noTrials: "a search needs at least one trial"
    }
  }

  private func text(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
