import Figures

/// The format of the values and differences of a metric.
public struct ValueStyle: Sendable, Hashable, Codable {
  /// The factor applied to values.
  public var scale: Double
  /// The unit after a value, such as "%".
  public var unit: String
  /// The unit after a difference, such as " percentage points".
  public var differenceUnit: String

  public init(scale: Double = 1, unit: String = "", differenceUnit: String = "") {
    self.scale = scale
    self.unit = unit
    self.differenceUnit = differenceUnit
  }

  /// Numbers without a unit.
  public static let plain = ValueStyle()
  /// Fractions from 0 to 1 as percentages, their differences in percentage points.
  public static let percent = ValueStyle(scale: 100, unit: "%", differenceUnit: " percentage points")
  /// Durations in seconds.
  public static let seconds = ValueStyle(unit: " s", differenceUnit: " s")

  /// "97.85%", with two digits of `uncertainty`, or with four digits if it is unknown.
  public func value(_ value: Double, uncertainty: Double? = nil) -> String {
    number(value, places(value, uncertainty)) + unit
  }

  /// "97.85 ± 0.12%".
  public func value(_ value: Double, plusMinus margin: Double) -> String {
    let places = places(value, margin)
    return number(value, places) + " ± " + number(margin, places) + unit
  }

  /// "97.80–97.92%", with the same digits as a value.
  public func range(_ lower: Double, _ upper: Double, uncertainty: Double?) -> String {
    let places = places(lower, uncertainty)
    return number(lower, places) + "–" + number(upper, places) + unit
  }

  /// "+0.05 ± 0.12 percentage points".
  public func difference(_ value: Double, plusMinus margin: Double? = nil) -> String {
    let known = margin.flatMap { $0 > 0 ? $0 : nil }
    let places = NumberText.places(uncertainty: (known ?? value) * scale)
    let spread = known.map { " ± " + number($0, places) } ?? ""
    return NumberText.signed(value * scale, places: places) + spread + differenceUnit
  }

  /// "+0.05 (−0.07 to +0.17) percentage points".
  public func difference(_ value: Double, within interval: Interval) -> String {
    let places = NumberText.places(uncertainty: (interval.width > 0 ? interval.width / 2 : value) * scale)
    let numbers = [value, interval.lower, interval.upper].map { NumberText.signed($0 * scale, places: places) }
    return "\(numbers[0]) (\(numbers[1]) to \(numbers[2]))" + differenceUnit
  }

  /// A margin without rounding: "0.1 percentage points".
  func margin(_ value: Double) -> String { NumberText.shortest(value * scale) + differenceUnit }

  private func number(_ value: Double, _ places: Int) -> String { NumberText.decimal(value * scale, places: places) }

  private func places(_ value: Double, _ uncertainty: Double?) -> Int {
    if let uncertainty, uncertainty > 0 { return NumberText.places(uncertainty: uncertainty * scale) }
    return NumberText.places(uncertainty: value * scale) + 2
  }
}

/// A p value with two digits, as "p = 0.44" or "p < 0.001".
package enum PText {
  package static func equation(_ p: Double) -> String { p < 0.001 ? "p < 0.001" : "p = \(value(p))" }

  package static func value(_ p: Double) -> String {
    if p > 0.995 { return "1" }
    return p < 0.001
      ? NumberText.significant(p, digits: 1) : NumberText.decimal(p, places: NumberText.places(uncertainty: p))
  }
}
