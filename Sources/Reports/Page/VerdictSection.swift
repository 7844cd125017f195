import Figures
import Statistics

/// The comparisons on a common scale, each with its finding, its difference with the interval, and its verdict in
/// words.
package struct VerdictSection: Sendable {
  private let tables: ReportTables
  private let limit: Int

  /// - Parameter limit: of many comparisons only so many are shown, the best first.
  package init(_ report: StudyReport, limit: Int = .max) {
    tables = ReportTables(report)
    self.limit = limit
  }

  private var report: StudyReport { tables.report }
  private var style: ReportStyle { tables.style }

  package var section: PageSection? {
    guard !report.comparisons.isEmpty else { return nil }
    let scale = StripScale(report.comparisons, factor: style.values.style.scale)
    let words = ReportWords(report)
    let shown = report.shownComparisons.prefix(limit)
    let rows = shown.map { row($0, scale, words) }
    let more: HTML =
      shown.count < report.comparisons.count
      ? "<p class=\"lead\">The best \(shown.count) of \(report.comparisons.count) comparisons; the report has all.</p>\n"
      : ""
    let unit = style.values.isPercent ? "percentage points" : ReportStyle.words(report.facts.metric.name)
    let isHigher = report.facts.metric.better == .higher
    let axis: HTML =
      scale.map { scale in
        """
        <li class="axis" aria-hidden="true"><div class="strip">\(scale.labels)</div>
        <p class="sides"><span>← \(isHigher ? "worse" : "better")</span> <span>\(unit)</span> \
        <span>\(isHigher ? "better" : "worse") →</span></p></li>

        """
      } ?? ""
    return PageSection(
      id: "verdicts", heading: "Verdicts",
      content: """
        <p class="lead">Difference in \(words.metric) from \(baselineText), with \(tables.confidence) interval.</p>
        <ul\(PageFold.attributes("Verdicts", style: ["verdicts"], count: shown.count))>
        \(rows)\(axis)</ul>
        \(more)

        """)
  }

  private var baselineText: HTML {
    report.baselines.count == 1 ? "<b>\(report.baselines[0])</b>" : "each arm’s own baseline"
  }

  private func row(_ entry: ArmComparison, _ scale: StripScale?, _ words: ReportWords) -> HTML {
    let comparison = entry.comparison
    let finding = entry.verdict.finding
    let number: HTML =
      comparison.meanDifference.map { mean in
        let interval: HTML = comparison.interval.map { " <span class=\"range\">\(tables.interval($0))</span>" } ?? ""
        let unit: HTML = style.values.differenceUnit.isEmpty ? "" : " <small>\(style.values.differenceUnit)</small>"
        return "<b>\(style.values.difference(mean))</b>\(unit)\(interval)"
      } ?? "–"
    let name: HTML =
      report.baselines.count == 1 ? "\(entry.candidate)" : "\(entry.candidate) <small>vs \(entry.baseline)</small>"
    return """
      <li class="\(VerdictStyle.name(finding))">
      <h3>\(Swatch(report, entry.candidate).html)<span>\(name)</span></h3>
      <p class="finding">\(finding.label)</p>
      <div class="strip">\(scale?.strip(comparison) ?? "")</div>
      <p class="number">\(number)</p>
      <p class="sentence">\(words.verdict(entry))</p>
      </li>

      """
  }
}

/// The CSS class of a finding.
enum VerdictStyle {
  static func name(_ finding: Finding) -> String {
    switch finding {
    case .better: "better"
    case .worse: "worse"
    case .diverged: "warned"
    case .equivalent, .identical, .notDistinguishable, .tooFewSeeds: "open"
    }
  }
}

/// One horizontal scale for all differences of a report. Places are percentages of the width, so that a strip fits into
/// any window without its letters or strokes changing size.
struct StripScale: Sendable {
  private let lower: Double
  private let upper: Double
  /// Marked values.
  private let marks: [Double]
  private let places: Int
  private let factor: Double
  /// Dots of all seeds of many comparisons would be most of a page.
  private let showsSeeds: Bool

  /// - Parameter factor: what differences are multiplied by.
  /// - Returns: nil where there is no difference to show.
  init?(_ comparisons: [ArmComparison], factor: Double) {
    let ends = comparisons.flatMap { entry -> [Double] in
      let comparison = entry.comparison
      return [comparison.meanDifference, comparison.interval?.lower, comparison.interval?.upper].compactMap(\.self)
        + comparison.differences
    }.map { $0 * factor }.filter { $0.magnitude < 1e100 }
    guard !ends.isEmpty else { return nil }
    var (low, high) = (min(0, ends.min() ?? 0), max(0, ends.max() ?? 0))
    if low == high { (low, high) = (-1, 1) }
    let padding = (high - low) * 0.06
    (lower, upper) = (low - padding, high + padding)
    self.factor = factor
    showsSeeds = comparisons.count <= PageFold.limit
    let step = Self.step(upper - lower)
    let first = Int((lower / step).rounded(.up))
    let last = Int((upper / step).rounded(.down))
    marks = (first...max(first, last)).map { Double($0) * step }
    places = max(0, Int(-(step.decimalLogarithm + 1e-9).rounded(.down)))
  }

  /// About six marks, at 1, 2 or 5 times a power of ten.
  private static func step(_ span: Double) -> Double {
    let rough = span / 6
    let power = Double.power(10, rough.decimalLogarithm.rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
  }

  private func place(_ value: Double) -> String {
    NumberText.decimal((value - lower) / (upper - lower) * 100, places: 2).replacing("−", with: "-") + "%"
  }

  /// Interval, mean and seeds of one comparison.
  func strip(_ comparison: Comparison) -> HTML {
    let grid = marks.map { mark -> HTML in
      "<line class=\"\(mark == 0 ? "zero" : "mark")\" x1=\"\(place(mark))\" x2=\"\(place(mark))\" y1=\"0\" y2=\"100%\"/>"
    }
    let seeds = (showsSeeds ? comparison.differences : []).map { value -> HTML in
      "<circle class=\"seed\" cx=\"\(place(value * factor))\" cy=\"50%\" r=\"3\"/>"
    }
    let interval: HTML =
      comparison.interval.map {
        "<line class=\"interval\" x1=\"\(place($0.lower * factor))\" x2=\"\(place($0.upper * factor))\" y1=\"50%\" y2=\"50%\"/>"
      } ?? ""
    let mean: HTML =
      comparison.meanDifference.map {
        "<circle class=\"mean\" cx=\"\(place($0 * factor))\" cy=\"50%\" r=\"5\"/>"
      } ?? ""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" aria-hidden=\"true\">\(grid)\(interval)\(seeds)\(mean)</svg>"
  }

  /// The marked values below the strips.
  var labels: [HTML] {
    marks.map { mark in
      let text = NumberText.signed(mark, places: places)
      return "<span style=\"left:\(place(mark))\">\(text)</span>"
    }
  }
}
