/// The reason why a statistic cannot be computed.
public enum StatisticsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There are no values of `what`.
  case empty(what: String)
  /// Paired values differ in number.
  case unequalLengths(candidate: Int, baseline: Int)
  /// `count` of the values of `what` are NaN, infinite or too large to be squared.
  case notFinite(what: String, count: Int)
  /// There are fewer values than a statistic needs.
  case tooFewValues(what: String, needed: Int, found: Int)
  /// An option is out of range.
  case outOfRange(option: String, value: Double, allowed: String)
  /// Two arms have the same name.
  case duplicateArm(String)
  /// The baseline is not among the arms.
  case unknownBaseline(String, arms: [String])

  public var description: String {
    switch self {
    case .empty(let what): "There are no \(what). Give at least one."
    case .unequalLengths(let candidate, let baseline):
      "Paired values need one value per seed in both arms, but the candidate has \(candidate) and the baseline "
        + "\(baseline). Pass values by seed to compare the common seeds."
    case .notFinite(let what, let count):
      "\(count) of the \(what) \(count == 1 ? "is" : "are") not finite, or larger than 1e150. Separate diverged runs "
        + "with Outcomes first."
    case .tooFewValues(let what, let needed, let found):
      "There \(found == 1 ? "is" : "are") only \(found) of the \(what), but \(needed) are needed. Run more seeds."
    case .outOfRange(let option, let value, let allowed): "\(option) is \(value), but must be \(allowed)."
    case .duplicateArm(let name): "There are two arms named '\(name)'. Give each arm its own name."
    case .unknownBaseline(let name, let arms):
      "There is no arm '\(name)' to compare with. The arms are: \(arms.joined(separator: ", "))."
    }
  }
}

/// The checks of arguments at every entry point.
enum Checks {
  static func finite(_ values: [Double], _ what: String) throws(StatisticsError) {
    if values.isEmpty { throw .empty(what: what) }
    // Differences and sums of values that Outcomes accepts may exceed its limit, but are still far from overflow.
    let odd = values.count { !($0.magnitude <= 100 * Outcomes.largestMagnitude) }
    if odd > 0 { throw .notFinite(what: what, count: odd) }
  }

  /// `alpha`, a power or a confidence level: a probability that is neither 0 nor 1.
  static func openUnit(_ value: Double, _ option: String) throws(StatisticsError) {
    guard value > 0, value < 1 else {
      throw .outOfRange(option: option, value: value, allowed: "between 0 and 1, exclusive")
    }
  }

  static func epoch(_ epoch: Int, _ option: String) throws(StatisticsError) {
    guard (1...1_000_000_000).contains(epoch) else {
      throw .outOfRange(option: option, value: Double(epoch), allowed: "from 1 to 1,000,000,000")
    }
  }

  static func resamples(_ count: Int) throws(StatisticsError) {
    guard (100...10_000_000).contains(count) else {
      throw .outOfRange(option: "resamples", value: Double(count), allowed: "from 100 to 10,000,000")
    }
  }
}
