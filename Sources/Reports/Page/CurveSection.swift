import Figures

/// The learning curves of every metric, for studies that train.
package struct CurveSection: Sendable {
  let report: StudyReport

  package init(_ report: StudyReport) { self.report = report }

  package var section: PageSection? {
    if let workloads = report.workloads {
      return PageSection(id: "curves", heading: "Learning curves", content: workloads.curves)
    }
    let figures = ReportFigures(report)
    let name = report.facts.metric.name
    let drawn = report.drawnArms
    guard report.facts.isTraining, let whole = figures.curves(of: name, arms: drawn, title: title(name)) else {
      return nil
    }
    let selection: HTML = drawn == nil ? "" : "The best \(PageFold.curves) of \(report.arms.count) arms. "
    let caption: HTML =
      report.arms.contains { $0.runs.count > 1 }
      ? "\(selection)Mean of the seeds, with the \(ReportTables(report).confidence) interval of the mean as a band."
      : "\(selection)One seed per arm."
    var content: HTML
    if report.arms.count > 8 {
      content = manyArms(figures, name, caption: caption)
    } else if let late = figures.lateEpoch,
      let end = figures.curves(of: name, fromEpoch: late, title: "\(title(name)), from epoch \(late)")
    {
      content = FigureBlock([whole, end], columns: 2, rowHeight: 330, caption: caption).html
    } else {
      content = FigureBlock(whole, height: 400, narrowHeight: 330, caption: caption).html
    }
    let others = report.metrics.dropFirst().compactMap { figures.curves(of: $0, arms: drawn, title: title($0)) }
    if !others.isEmpty {
      content +=
        FigureBlock(
          others, columns: min(3, others.count), rowHeight: 240, legend: report.arms.count > 8 ? .automatic : .hidden
        ).html
    }
    return PageSection(id: "curves", heading: "Learning curves", content: content)
  }

  /// A few arms per panel, together with their baseline.
  private func manyArms(_ figures: ReportFigures, _ name: String, caption: HTML) -> HTML {
    var groups: [(baseline: String?, arms: [String])] = []
    let (baselines, drawn) = (Set(report.baselines), report.drawnArms.map(Set.init))
    for arm in report.facts.arms where !baselines.contains(arm.name) && drawn?.contains(arm.name) ?? true {
      if let index = groups.lastIndex(where: { $0.baseline == arm.baseline && $0.arms.count < 4 }) {
        groups[index].arms.append(arm.name)
      } else {
        groups.append((arm.baseline, [arm.name]))
      }
    }
    let start = figures.lateEpoch ?? 1
    let range = commonRange(groups.map { [$0.baseline].compactMap(\.self) + $0.arms }, figures, name, fromEpoch: start)
    let panels = groups.compactMap { group -> Chart? in
      figures.curves(
        of: name, arms: [group.baseline].compactMap(\.self) + group.arms, fromEpoch: start, range: range)
    }
    let from: HTML = start > 1 ? " Shown from epoch \(start)." : ""
    let blocks = panels.map { FigureBlock($0, height: 300, narrowHeight: 330).html }
    return "<p class=\"lead\">\(title(name)). \(caption)\(from)</p>\n\(blocks)"
  }

  /// A common range for all panels, so that they can be compared; `nil` if it would flatten most of them.
  private func commonRange(
    _ groups: [[String]], _ figures: ReportFigures, _ name: String, fromEpoch start: Int
  ) -> ClosedRange<Double>? {
    func span(_ range: ClosedRange<Double>) -> Double { range.upperBound - range.lowerBound }
    guard !groups.isEmpty, let all = figures.range(of: name, fromEpoch: start) else { return nil }
    let spans = groups.map { figures.range(of: name, arms: $0, fromEpoch: start).map(span) ?? 0 }.sorted()
    return spans[spans.count / 2] >= span(all) / 5 ? all : nil
  }

  private func title(_ metric: String) -> String { ReportStyle.words(metric).capitalizedFirst }
}

/// The metric by each numeric setting in which the arms differ.
struct SweepSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.sweeps.isEmpty else { return nil }
    let figures = ReportFigures(report)
    let blocks = report.sweeps.map { sweep -> HTML in
      let spread = sweep.lines.count > 1 ? "their range" : "\(ReportTables(report).confidence) interval"
      return FigureBlock(
        figures.sweep(sweep), height: 360, narrowHeight: 330,
        caption:
          "\(ReportWords(report).metric.capitalizedFirst) by <code>\(sweep.path)</code>: mean over seeds with \(spread)."
      ).html
    }
    return PageSection(id: "sweeps", heading: "Sweeps", content: "\(blocks)")
  }
}
