import Figures
import Statistics

/// The words and numbers of one published value beside ours.
struct PublishedText: Sendable {
  let published: String
  /// Where our runs lie, or where the mean does if that isn't known.
  let ours: String
  /// "✓" inside, "✗" outside, empty where nothing can be said.
  let mark: String

  init(_ match: PublishedComparison) {
    mark =
      switch match.agreement {
      case .inside: "✓"
      case .outside: "✗"
      case .unjudged: ""
      }
    switch match.published.quantity {
    case .last(let metric), .best(let metric), .at(let metric, _):
      let style = ReportStyle.style(of: metric)
      // As many digits as were published.
      let known = match.published.resolution > 0 ? match.published.resolution * 10 : nil
      published = match.published.value.map { style.value($0, uncertainty: known) } ?? "–"
      let mean = match.ours.map { style.value($0, uncertainty: known) } ?? "–"
      ours = match.interval.map { style.range($0.lower, $0.upper, uncertainty: known) } ?? mean
    case .firstEpoch, .bestEpoch:
      published = match.published.value.map(NumberText.shortest) ?? "never"
      ours =
        match.interval.map { range in
          let (lower, upper) = (NumberText.shortest(range.lower), NumberText.shortest(range.upper))
          let last = match.ours == nil ? "never" : upper
          return lower == last ? lower : "\(lower)–\(last)"
        } ?? "never"
    case .seconds:
      published = match.published.value.map(NumberText.duration) ?? "–"
      ours = match.ours.map(NumberText.duration) ?? "–"
    }
  }

  /// "test accuracy, last epoch".
  static func name(_ quantity: PublishedValue.Quantity) -> String {
    switch quantity {
    case .last(let metric): ReportStyle.words(metric) + ", last epoch"
    case .best(let metric): ReportStyle.words(metric) + ", best epoch"
    case .at(let metric, let epoch): ReportStyle.words(metric) + ", epoch \(epoch)"
    case .bestEpoch(let metric): "best epoch of " + ReportStyle.words(metric)
    case .firstEpoch(let metric, let target): "epochs to \(ReportTables.target(target, metric))"
    case .seconds: "time"
    }
  }

  /// "test last", for narrow columns.
  static func shortName(_ quantity: PublishedValue.Quantity) -> String {
    func short(_ metric: String) -> String {
      ReportStyle.words(metric).replacing("training", with: "train").replacing(" accuracy", with: "")
    }
    return switch quantity {
    case .last(let metric): short(metric) + " last"
    case .best(let metric): short(metric) + " best"
    case .at(let metric, let epoch): short(metric) + " \(epoch)"
    case .bestEpoch: "best at"
    case .firstEpoch(let metric, let target): "to \(ReportTables.target(target, metric))"
    case .seconds: "time"
    }
  }
}

extension StudyReport {
  /// What was published of any arm, in the order of the first arm that has it.
  var publishedQuantities: [PublishedValue.Quantity] {
    var quantities: [PublishedValue.Quantity] = []
    for match in published where !quantities.contains(match.published.quantity) {
      quantities.append(match.published.quantity)
    }
    return quantities
  }
}
