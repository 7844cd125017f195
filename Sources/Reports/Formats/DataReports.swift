import Figures
import Foundation
import Statistics

/// A report as comma-separated values, with all digits and empty fields where there is no number.
struct CSVReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  /// One row per arm.
  var summary: String {
    if let workloads = report.workloads { return Self.summary(workloads) }
    var names = ["arm", "runs", "diverged"]
    names += Self.statistics.map { "last_\($0.name)" } + Self.statistics.map { "best_\($0.name)" }
    names += report.facts.targets.flatMap { ["epochs_to_\($0)_median", "epochs_to_\($0)_never"] }
    names += Self.comparisonNames
    names += ["seconds_median", "steps_median", "gradient_evaluations_median", "seconds_total"]
    if report.search != nil { names += Self.searchColumns }
    var table = TextTable(names.map { TableColumn($0) })
    for arm in report.arms {
      var cells = [arm.name, "\(arm.runs.count)", "\(arm.diverged)"]
      cells += (Self.cells(arm.last) + Self.cells(arm.best)).map(Self.number)
      cells += arm.targets.flatMap { [Self.number($0?.median), $0.map { "\($0.never)" } ?? ""] }
      cells += comparison(of: arm.name)
      let cost = arm.cost
      let costs = [cost?.seconds?.median, cost?.steps?.median, cost?.gradientEvaluations?.median, cost?.totalSeconds]
      cells += costs.map(Self.number)
      cells += search(of: arm.name)
      table.append(cells.map { TableCell($0) })
    }
    return table.csv()
  }

  /// One row per value.
  var runs: String {
    if let workloads = report.workloads { return Self.runs(workloads) }
    var table = TextTable(Self.valueNames.map { TableColumn($0) })
    for row in values { table.append(row) }
    return table.csv()
  }

  static let valueNames = ["arm", "seed", "epoch", "metric", "value"]

  /// One row per value, as ``valueNames`` has them.
  var values: [[TableCell]] {
    report.arms.flatMap { arm in
      arm.runs.flatMap { run in
        report.metrics.flatMap { name in
          zip(run.epochs, run.metrics[name] ?? []).compactMap { epoch, value in
            value.map { value in
              [
                TableCell(arm.name), TableCell("\(run.seed)"), TableCell("\(epoch)"), TableCell(name),
                TableCell(value.plainText),
              ]
            }
          }
        }
      }
    }
  }

  static let comparisonNames = [
    "baseline", "difference", "difference_lower", "difference_upper", "bootstrap_lower", "bootstrap_upper", "test",
    "p", "p_holm", "probability_of_improvement", "verdict",
  ]

  /// One row per arm and number of trials: the expected best score, its difference from that of the baseline, and the
  /// best score so far.
  var budgets: String {
    var table = TextTable(
      [
        "arm", "trials", "expected", "expected_lower", "expected_upper", "baseline", "difference", "difference_lower",
        "difference_upper", "best_so_far",
      ].map { TableColumn($0) })
    for arm in report.search?.arms ?? [] {
      let comparison = report.search?.comparisons.first { $0.candidate == arm.name }
      for point in arm.curve?.points ?? [] {
        let place = point.trials - 1
        let difference = comparison.flatMap { $0.budgets.points.dropFirst(place).first }
        let expected = [point.expected, point.interval?.lower, point.interval?.upper]
        let gain = [difference?.difference, difference?.interval?.lower, difference?.interval?.upper]
        var cells = [arm.name, "\(point.trials)"] + expected.map(Self.number)
        cells.append(difference == nil ? "" : comparison?.baseline ?? "")
        cells += (gain + [arm.bestSoFar.dropFirst(place).first]).map(Self.number)
        table.append(cells.map { TableCell($0) })
      }
    }
    return table.csv()
  }

  private static let searchColumns =
    [
      "settings", "score", "score_default", "trials", "diverged", "stopped", "seconds", "gradient_evaluations",
    ].map { "search_" + $0 }

  /// Of several studies, their settings one after the other, the median of their scores, and all their trials.
  private func search(of arm: String) -> [String] {
    guard let search = report.search else { return [] }
    guard let place = search.arms.firstIndex(where: { $0.name == arm }) else {
      return Self.searchColumns.map { _ in "" }
    }
    let (facts, studies) = (search.facts.arms[place], search.arms[place].studies)
    let words = SearchWords(search)
    let scores = studies.compactMap(\.score).filter(\.isFinite)
    var cells = [studies.map { $0.score == nil ? "" : words.settings(facts, $0, edge: "") }.joined(separator: "; ")]
    cells += [scores.isEmpty ? nil : Quantiles.median(scores), facts.standard].map(Self.number)
    let counts: [KeyPath<SearchReport.Study, Int>] = [\.trials, \.diverged, \.stopped]
    for count in counts {
      cells.append("\(studies.reduce(0) { $0 + $1[keyPath: count] })")
    }
    cells.append(Self.number(studies.reduce(0) { $0 + $1.seconds }))
    cells.append("\(studies.reduce(0) { $0 + $1.gradientEvaluations })")
    return cells
  }

  func comparison(of arm: String) -> [String] {
    guard let entry = report.comparisons.first(where: { $0.candidate == arm }) else {
      return Array(repeating: "", count: 11)
    }
    let comparison = entry.comparison
    let bootstrap = comparison.bootstrap.map { $0.bca ?? $0.percentile }
    return [entry.baseline]
      + [
        comparison.meanDifference, comparison.interval?.lower, comparison.interval?.upper, bootstrap?.lower,
        bootstrap?.upper,
      ].map(Self.number)
      + [
        comparison.test?.kind.rawValue ?? "", Self.number(comparison.test?.p), Self.number(entry.adjustedP),
        Self.number(comparison.probabilityOfImprovement.value), entry.verdict.finding.rawValue,
      ]
  }

  typealias Statistic = (name: String, value: @Sendable (SampleSummary) -> Double?)

  static let statistics: [Statistic] = [
    ("mean", { $0.mean }), ("lower", { $0.interval?.lower }), ("upper", { $0.interval?.upper }),
    ("sd", { $0.standardDeviation }), ("median", { $0.median }), ("q1", { $0.lowerQuartile }),
    ("q3", { $0.upperQuartile }), ("min", { $0.minimum }), ("max", { $0.maximum }),
  ]

  static func cells(_ summary: SampleSummary?) -> [Double?] {
    statistics.map { statistic in summary.flatMap { statistic.value($0) } }
  }

  static func number(_ value: Double?) -> String { value?.plainText ?? "" }
}

/// A report as JSON, for programs. Keys are sorted, so that equal reports are equal texts; numbers that aren't finite
/// are the strings "nan", "inf" and "-inf".
struct JSONReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  /// Ends in a newline.
  var text: String {
    get throws {
      return String(decoding: try JSONEncoder.forFiles.encode(report), as: UTF8.self) + "\n"
    }
  }
}

extension JSONEncoder {
  /// How JSON is written to files: keys are sorted, so that what is equal gives equal texts; numbers that aren't finite
  /// are strings, spelt as `Double.plainText` spells them.
  package static var forFiles: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}
