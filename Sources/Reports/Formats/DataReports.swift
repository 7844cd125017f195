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
    let targets = report.facts.targets.flatMap { ["epochs_to_\($0)_median", "epochs_to_\($0)_never"] }
    let names =
      ["arm", "runs", "diverged"] + Self.statistics.map { "last_\($0.name)" }
      + Self.statistics.map { "best_\($0.name)" }
      + targets
      + Self.comparisonNames
      + ["seconds_median", "steps_median", "gradient_evaluations_median", "seconds_total"]
    var table = TextTable(names.map { TableColumn($0) })
    for arm in report.arms {
      let cells =
        [arm.name, "\(arm.runs.count)", "\(arm.diverged)"]
        + (Self.cells(arm.last) + Self.cells(arm.best)).map(Self.number)
        + arm.targets.flatMap { [Self.number($0?.median), $0.map { "\($0.never)" } ?? ""] }
        + comparison(of: arm.name)
        + [
          arm.cost?.seconds?.median, arm.cost?.steps?.median, arm.cost?.gradientEvaluations?.median,
          arm.cost?.totalSeconds,
        ].map(Self.number)
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
