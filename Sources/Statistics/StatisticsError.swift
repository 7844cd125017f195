/// Why a statistic can't be computed from what was given.
public enum StatisticsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There are no values of `what`.
  case empty(what: String)
  /// Values that belong together seed by seed are not equally many.
  case unequalLengths(candidate: Int, baseline: Int)
  /// `count` of the values of `what` are NaN, infinite or too large to be squared.
  case notFinite(what: String, count: Int)
  /// A statistic needs more values than there are.
  case tooFewValues(what: String, needed: Int, found: Int)
  /// An option lies outside what it may be.
  case outOfRange(option: String, value: Double, allowed: String)
  /// Two arms bear one name.
  case duplicateArm(String)
  /// The arm to compare with isn't among the arms.
  case unknownBaseline(String, arms: [String])

  public var description: String {
    switch self {
    case .empty(let what): "There are no \(what). Give at least one."
    case .unequalLengths(let candidate, let baseline):
      "Paired values must be equally many, one for each seed, but the candidate has \(candidate) and the baseline "
        + "\(baseline). Give values by seed to compare the seeds both have."
    case .notFinite(let what, let count):
      "\(count) of the \(what) \(count == 1 ? "is" : "are") not a finite number of usual size. Set diverged runs apart "
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

/// What every entry point asks of its arguments.
enum Checks {
  static func finite(_ values: [Double], _ what: String) throws(StatisticsError) {
    if values.isEmpty { throw .empty(what: what) }
    // Differences and sums of values that are finite for Outcomes are larger than those, but still far from overflow.
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
