import Figures
import Statistics

extension MarkdownReport {
  /// The parts of a report on several workloads, between its summary and how to repeat the study.
  static func parts(_ found: WorkloadsReport) -> [String] {
    let words = WorkloadWords(found)
    var parts = ["## Performance profiles", escaped(words.lead), words.scores.markdown()]
    for workload in found.workloads {
      parts += ["## \(escaped(workload.name))", escaped(words.lead(workload))]
      if !workload.settings.isEmpty { parts.append("`\(words.settings(workload).replacing("`", with: "'"))`") }
      parts.append(words.results(workload).markdown())
      guard let search = workload.report.search.map(SearchWords.init) else { continue }
      parts.append(escaped(workload.report.facts.notes.first ?? search.lead))
      parts += [search.found().markdown(), search.warnings.map { "- \(escaped("⚠ " + $0))" }.joined(separator: "\n")]
    }
    return parts
  }
}

extension CSVReport {
  /// One row per workload and arm.
  static func summary(_ found: WorkloadsReport) -> String {
    let names =
      ["workload", "target", "arm", "runs", "diverged"]
      + statistics.flatMap { ["last_\($0.name)"] } + statistics.flatMap { ["best_\($0.name)"] }
      + ["gradients_to_target_median", "seconds_to_target_median", "missed", "ratio", "profile_score"]
      + comparisonNames
    var table = TextTable(names.map { TableColumn($0) })
    for workload in found.workloads {
      let own = CSVReport(workload.report)
      for arm in workload.report.arms {
        let time = workload.times[arm.name]
        let cells =
          [workload.name, workload.target.plainText, arm.name, "\(arm.runs.count)", "\(arm.diverged)"]
          + (cells(arm.last) + cells(arm.best)).map(number)
          + [
            number(time?.gradients), number(time?.seconds), time.map { "\($0.missed)" } ?? "",
            number(found.profile.ratios[arm.name]?[workload.name]), number(found.scores[arm.name]),
          ] + own.comparison(of: arm.name)
        table.append(cells.map { TableCell($0) })
      }
    }
    return table.csv()
  }

  /// One row per value.
  static func runs(_ found: WorkloadsReport) -> String {
    var table = TextTable((["workload"] + valueNames).map { TableColumn($0) })
    for workload in found.workloads {
      for row in CSVReport(workload.report).values { table.append([TableCell(workload.name)] + row) }
    }
    return table.csv()
  }
}
