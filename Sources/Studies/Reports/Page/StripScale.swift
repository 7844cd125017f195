import Figures
import Statistics

/// One horizontal scale for all differences of a report. Places are percentages of the width, so that a strip fits into
/// any window without its letters or strokes changing size.
struct StripScale: Sendable {
  private let lower: Double
  private let upper: Double
  /// Marked values.
  private let marks: [Double]
  private let places: Int
  private let factor: Double

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
    let seeds = comparison.differences.map { value -> HTML in
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
