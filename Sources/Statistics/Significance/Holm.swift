/// Holm's adjustment of p values for several comparisons (1979): each adjusted p may be compared with alpha as if it
/// were the only one, and the chance of even one false finding stays below alpha.
public enum Holm {
  /// - Parameter p: the p values of all comparisons made, those that found nothing included.
  /// - Returns: the adjusted values, in the same order.
  /// - Throws: `StatisticsError.outOfRange` for a value outside 0...1.
  public static func adjusted(_ p: [Double]) throws(StatisticsError) -> [Double] {
    for value in p where !(0...1).contains(value) {
      throw .outOfRange(option: "p", value: value, allowed: "from 0 to 1")
    }
    return adjusted(checked: p)
  }

  static func adjusted(checked p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (place, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated() {
      largest = Swift.max(largest, Swift.min(1, Double(p.count - place) * p[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
