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
