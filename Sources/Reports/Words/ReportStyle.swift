import Figures
import Statistics

/// How a report writes the numbers of its metric: with as many digits throughout as the seeds' spread allows.
struct ReportStyle: Sendable {
  /// Values of one metric, all with the same number of decimals.
  struct Values: Sendable {
    let style: ValueStyle
    let places: Int
    /// Of differences and their intervals, which are smaller.
    let differencePlaces: Int
    /// Whether there are intervals.
    let hasSpread: Bool

    /// - Parameters:
    ///   - widths: half the widths of the values' intervals.
    ///   - differenceWidths: half the widths of the differences'.
    init(_ style: ValueStyle, widths: [Double], differenceWidths: [Double] = []) {
      self.style = style
      let width = Self.typical(widths).map { $0 * style.scale }
      hasSpread = width != nil
      // One digit of the spread, or two where the first is small: as the Particle Data Group rounds.
      let usual = width.map { NumberText.places(uncertainty: $0 * 10 / 3.55) } ?? (style.scale == 100 ? 2 : 4)
      // An arm that varies less than the others has an interval too, which "± 0" would deny.
      let least = widths.filter { $0 > 0 && $0.isFinite }.min().map { $0 * style.scale }
      places = least.map { max(usual, min(usual + 2, NumberText.places(uncertainty: $0 * 20))) } ?? usual
      differencePlaces =
        Self.typical(differenceWidths).map { NumberText.places(uncertainty: $0 * style.scale) } ?? places
    }

    var isPercent: Bool { style.scale == 100 }

    func text(_ value: Double) -> String { bare(value) + style.unit }

    /// Without its unit.
    func bare(_ value: Double) -> String {
      let scaled = value * style.scale
      // What the others' decimals would show as a row of zeros has digits of its own.
      let isShown =
        NumberText.shows(scaled, places: places) || hasSpread && scaled.magnitude >= Double.power(10, -Double(places))
      return NumberText.decimal(scaled, places: isShown ? places : NumberText.places(uncertainty: scaled) + 1)
    }

    /// "97.85 ± 0.12%", or the mean alone of a single run.
    func meanText(_ summary: SampleSummary) -> String {
      guard let interval = summary.interval, hasSpread else { return text(summary.mean) }
      let half = interval.width / 2
      // Two digits of the spread, where the decimals that suit other arms would hide value and spread alike.
      if half > 0, !NumberText.shows(max(summary.mean.magnitude, half) * style.scale, places: places) {
        return style.value(summary.mean, plusMinus: half)
      }
      func common(_ value: Double) -> String { NumberText.decimal(value * style.scale, places: places) }
      return common(summary.mean) + " ± " + common(half) + style.unit
    }

    func range(_ lower: Double, _ upper: Double) -> String { bare(lower) + "–" + bare(upper) + style.unit }

    /// "+0.12", in the unit of ``differenceUnit``.
    func difference(_ value: Double) -> String { NumberText.signed(value * style.scale, places: differencePlaces) }

    /// The unit of differences, short: "pp" for percentage points.
    var differenceUnit: String { isPercent ? "pp" : "" }

    private static func typical(_ widths: [Double]) -> Double? {
      let known = widths.filter { $0 > 0 && $0.isFinite }.sorted()
      return known.isEmpty ? nil : known[known.count / 2]
    }
  }

  let metricName: String
  let values: Values

  init(_ report: StudyReport) {
    let metric = report.facts.metric
    metricName = Self.words(metric.name) + (metric.reading == .best ? ", best epoch" : "")
    func half(_ interval: Interval?) -> Double? { interval.map { $0.width / 2 } }
    values = Values(
      Self.style(of: metric.name), widths: report.arms.compactMap { half($0.summary(metric.reading)?.interval) },
      differenceWidths: report.comparisons.compactMap { half($0.comparison.interval) })
  }

  static func style(of metric: String) -> ValueStyle { isFraction(metric) ? .percent : .plain }

  /// Whether values lie between 0 and 1 and are written in percent.
  static func isFraction(_ metric: String) -> Bool { metric.lowercased().contains("accuracy") }

  /// A metric's name as a person would say it.
  static func words(_ metric: String) -> String {
    let spaced = metric.replacing("_", with: " ")
    if spaced.hasPrefix("val ") { return "test " + spaced.dropFirst(4) }
    return ["loss", "accuracy"].contains(spaced) ? "training " + spaced : spaced
  }
}

/// Large counts, thousands apart by thin spaces: "30 000".
enum CountText {
  static func text(_ count: Double) -> String {
    guard let whole = Int(exactly: count.rounded()), whole >= 10_000 else { return NumberText.shortest(count) }
    let digits = Array(String(whole))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }
}

/// Times as people read them.
enum DurationText {
  /// "12.3 ms", "0.84 s", "41 s", "1 min 33 s", "2 h 05 min".
  static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 0.0995, seconds > 0 {
      return NumberText.decimal(seconds * 1000, places: seconds < 0.00995 ? 2 : 1) + " ms"
    }
    if seconds < 9.95 { return NumberText.decimal(seconds, places: seconds < 0.995 ? 2 : 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(CountText.text(Double(whole / 3600))) h \(two(whole / 60 % 60)) min"
  }

  /// "1.98×"; nil where there is nothing to compare with.
  static func ratio(_ seconds: Double, to reference: Double?) -> String? {
    guard let reference, reference > 0, seconds.isFinite else { return nil }
    return NumberText.decimal(seconds / reference, places: 2) + "×"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
