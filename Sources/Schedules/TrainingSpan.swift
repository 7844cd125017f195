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

  /// The value to which a schedule comes over the span: that of the whole training ends after the last update.
  func last(_ final: Double, from initial: Double) -> Double {
    self == .wholeTraining ? final.before(initial) : final
  }
}

extension TrainingSpan {
  /// The settings `epochs` and `steps` of a schedule's span.
  package static func settings<Owner: Sendable>(
    _ span: WritableKeyPath<Owner, TrainingSpan> & Sendable, _ meaning: String
  ) -> [Setting<Owner>] {
    [
      .custom(
        "epochs", "a finite number above 0, or all", "\(meaning), in epochs",
        read: { (owner, options) throws(ConfigurationError) in
          owner[keyPath: span] = try options.span(default: owner[keyPath: span])
        },
        write: { (owner) throws(ConfigurationError) in
          switch owner[keyPath: span] {
          case .wholeTraining: return .text("all")
          case .epochs(let epochs): return .number(epochs)
          case .steps: return nil
          case .fraction(let fraction):
            throw .invalid(
              message: "a span of \(fraction) of the training can't be written: use epochs or steps", origin: "")
          }
        }),
      .custom(
        "steps", "a finite number above 0, or none", "\(meaning), in updates, instead of 'epochs'",
        // Read with 'epochs', which it excludes.
        read: { _, _ in },
        write: { if case .steps(let steps) = $0[keyPath: span] { .number(steps) } else { nil } }),
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
  fileprivate mutating func span(default fallback: TrainingSpan) throws(ConfigurationError) -> TrainingSpan {
    let steps = try positive("steps", or: "none")
    let isWhole = try peek("epochs") == .text("all")
    let epochs = try positive("epochs", or: "all")
    guard let steps else { return isWhole ? .wholeTraining : epochs.map(TrainingSpan.epochs) ?? fallback }
    guard epochs == nil, !isWhole else {
      throw .invalid(message: "'epochs' and 'steps' both say how long: leave one out", origin: origin)
    }
    return .steps(steps)
  }

  /// A finite number above 0, nil for `word`.
  private mutating func positive(_ key: String, or word: String) throws(ConfigurationError) -> Double? {
    let origin = origin(of: key)
    guard let number = try number(key, or: word) else { return nil }
    guard number > 0, number.isFinite else {
      throw .outOfRange(
        key: key, value: OptionValue.number(number).description, range: "a finite number above 0", origin: origin)
    }
    return number
  }
}
