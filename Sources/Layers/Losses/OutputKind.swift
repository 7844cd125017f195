/// What a model's outputs are, as a ``Loss`` reads them. Metrics and predicted classes read them the same way.
public enum OutputKind: String, Sendable, Hashable, CaseIterable {
  /// Numbers of any size, compared with numbers: regression.
  case values
  /// Scores of classes along the last axis, whose softmax is the classes' probabilities.
  case classLogits
  /// Probabilities of classes along the last axis.
  case classProbabilities
  /// Logarithms of the probabilities of classes along the last axis.
  case classLogProbabilities
  /// Scores of independent events, whose sigmoids are the events' probabilities.
  case eventLogits
  /// Probabilities of independent events.
  case eventProbabilities

  /// Whether one of several classes is predicted.
  public var isOfClasses: Bool {
    switch self {
    case .classLogits, .classProbabilities, .classLogProbabilities: true
    case .values, .eventLogits, .eventProbabilities: false
    }
  }

  /// Whether each output says yes or no by itself.
  public var isOfEvents: Bool { self == .eventLogits || self == .eventProbabilities }

  /// What an event's output must exceed to count as yes; nil for outputs that aren't events.
  public var threshold: Double? {
    switch self {
    case .eventLogits: 0
    case .eventProbabilities: 0.5
    case .values, .classLogits, .classProbabilities, .classLogProbabilities: nil
    }
  }

  /// For error messages: "logits of classes".
  public var text: String {
    switch self {
    case .values: "values"
    case .classLogits: "logits of classes"
    case .classProbabilities: "probabilities of classes"
    case .classLogProbabilities: "log-probabilities of classes"
    case .eventLogits: "logits of independent events"
    case .eventProbabilities: "probabilities of independent events"
    }
  }
}
