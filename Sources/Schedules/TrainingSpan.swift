import Configuration

/// A stretch of training, for schedules.
public enum TrainingSpan: Sendable, Hashable {
  /// All that is planned.
  case wholeTraining
  case epochs(Double)
  case steps(Double)
  /// A part of all that is planned: 0.3 for three tenths.
  case fraction(Double)

  /// The span in updates, 0 or more.
  public func steps(of progress: Progress) -> Double {
    let steps =
      switch self {
      case .wholeTraining: Double(progress.totalSteps)
      case .epochs(let epochs): epochs * Double(progress.stepsPerEpoch)
      case .steps(let steps): steps
      case .fraction(let fraction): fraction * Double(progress.totalSteps)
      }
    return Swift.max(0, steps)
  }
}

extension TrainingSpan {
  /// What `span` parameters take, for help texts.
  static func parameters(default fallback: String, _ meaning: String) -> [Parameter] {
    [
      Parameter("epochs", default: fallback, meaning + ", in epochs"),
      Parameter("steps", default: "none", "the same in updates, instead of 'epochs'"),
    ]
  }
}

extension Progress {
  /// How far training is through a span that begins at the clock's start: 0...1, a scalar of at least `float32`.
  func fraction(of span: TrainingSpan, dtype: DType) -> Tensor {
    elapsed(of: span, dtype: dtype).minimum(1)
  }

  /// How many times the span has passed: 0 or more, a scalar of at least `float32`.
  func elapsed(of span: TrainingSpan, dtype: DType) -> Tensor {
    // Half precision can't tell step 2049 from step 2048.
    step.cast(to: dtype.accumulation) / Swift.max(span.steps(of: self), 1)
  }
}

extension Options {
  /// The span under `epochs`, which may be `all`, or `steps`, which may be `none`.
  package mutating func span(default fallback: TrainingSpan) throws(ConfigurationError) -> TrainingSpan {
    let steps = try positive("steps", or: "none")
    let isWhole = try peek("epochs") == .text("all")
    let epochs = try positive("epochs", or: "all")
    guard let steps else { return isWhole ? .wholeTraining : epochs.map(TrainingSpan.epochs) ?? fallback }
    guard epochs == nil, !isWhole else {
      throw .invalid(message: "'epochs' and 'steps' both say how long: leave one out", origin: origin)
    }
    return .steps(steps)
  }
}
