import Configuration

/// A schedule times a power of the batch size: `s * (batch / reference)`, or the square root of the quotient.
///
/// Linear: Goyal et al. 2017; square root: Krizhevsky 2014, You et al. 2020. The batch size is training's own;
/// where it isn't known, the value fails.
public struct BatchScaledSchedule: NamedSchedule {
  /// Whether a rate grows with the batch size or with its root.
  public enum Rule: String, Sendable, Hashable, CaseIterable { case linear, squareRoot }

  public static let name = "batchScaled"
  public static let summary = "a schedule that grows with the batch size (Goyal et al. 2017)"
  public static let parameters = [
    Parameter("schedule", default: 0.1, "the schedule or number for the reference batch size"),
    Parameter("reference", default: 128, "the batch size at which the schedule holds as it is"),
    Parameter("rule", default: "linear", "linear or squareRoot"),
  ]

  public var schedule: any Schedule
  public var reference: Int
  public var rule: Rule

  public init(_ schedule: any Schedule, reference: Int = 128, rule: Rule = .linear) {
    self.schedule = schedule
    self.reference = reference
    self.rule = rule
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    schedule = try options.schedule("schedule", default: 0.1)
    reference = try options.integer("reference", default: 128, in: 1...Int.max)
    rule = try options.oneOf("rule", default: .linear)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    guard let batchSize = progress.batchSize else {
      return .failed(
        Diagnostic(operation: Self.name, message: "the batch size isn't known here: give the rate as a number"))
    }
    let quotient = Double(batchSize) / Double(reference)
    return schedule.value(at: progress, dtype: dtype) * (rule == .linear ? quotient : quotient.squareRoot())
  }
}
