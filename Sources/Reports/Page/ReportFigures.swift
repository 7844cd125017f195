import Figures
import Statistics

/// The charts of a report. An arm has the colour of its place in the plan in all of them.
struct ReportFigures: Sendable {
  let report: StudyReport
  private let style: ReportStyle

  init(_ report: StudyReport) {
    self.report = report
    style = ReportStyle(report)
  }

  private var metric: PrimaryMetric { report.facts.metric }

  /// The place in the palette.
  func color(_ arm: String) -> Int { report.facts.arms.firstIndex { $0.name == arm } ?? 0 }

  /// A metric over the epochs, one line per arm with the interval of its mean; nil if no arm recorded it.
  ///
  /// - Parameters:
  ///   - arms: nil for all.
  ///   - fromEpoch: epochs before it are left out.
  ///   - range: of the values shown; nil for all there are.
  func curves(
    of name: String, arms: [String]? = nil, fromEpoch: Int = 1, title: String = "", range: ClosedRange<Double>? = nil
  ) -> Chart? {
    let shown = report.arms.filter { arms?.contains($0.name) ?? true }
    // Many bands over one another hide what they should show.
    let hasBands = shown.count <= 8
    let lines = shown.compactMap { arm -> LineSeries? in
      guard let curve = arm.curve(name) else { return nil }
      let indices = curve.epochs.indices.filter { curve.epochs[$0] >= fromEpoch }
      return LineSeries(
        arm.name, points: indices.map { DataPoint(x: Double(curve.epochs[$0]), y: curve.mean[$0]) },
        band: hasBands && arm.runs.count > 1 ? indices.map { ErrorInterval(curve.lower[$0], curve.upper[$0]) } : [],
        color: color(arm.name))
    }
    guard lines.contains(where: { !$0.points.isEmpty }) else { return nil }
    return Chart(
      title, x: ChartAxis("epoch"), y: ChartAxis("", range: range, format: Self.format(name)), lines: lines)
  }

  /// From the lowest end of any interval to the highest one; nil where there is nothing to see.
  /// - Parameter arms: nil for all.
  func range(of name: String, arms: [String]? = nil, fromEpoch: Int) -> ClosedRange<Double>? {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for curve in report.arms.filter({ arms?.contains($0.name) ?? true }).compactMap({ $0.curve(name) }) {
      for index in curve.epochs.indices where curve.epochs[index] >= fromEpoch {
        (least, greatest) = (min(least, curve.lower[index]), max(greatest, curve.upper[index]))
      }
    }
    return least < greatest ? least...greatest : nil
  }

  /// Where the second half of the curves begins, nil where they are too short to be looked at apart.
  var lateEpoch: Int? {
    let last = report.arms.flatMap(\.curves).filter { $0.metric == metric.name }.compactMap(\.epochs.last).max() ?? 0
    return last >= 8 ? last / 2 + 1 : nil
  }

  /// Each comparison's differences, a dot a seed, with the interval of their mean; nil where arms don't share seeds.
  var differences: DotPlot? {
    let scale = style.values.style.scale
    let arms = report.shownComparisons.prefix(PageFold.limit).compactMap { entry -> DotPlot.Arm? in
      let comparison = entry.comparison
      guard !comparison.differences.isEmpty else { return nil }
      return DotPlot.Arm(
        entry.candidate, values: comparison.differences.map { $0 * scale },
        center: comparison.meanDifference.map { $0 * scale },
        interval: comparison.interval.map { ErrorInterval($0.lower * scale, $0.upper * scale) },
        color: color(entry.candidate))
    }
    guard !arms.isEmpty else { return nil }
    let unit = style.values.isPercent ? " in percentage points" : ""
    var plot = DotPlot(
      axis: ChartAxis("difference\(unit)"), arms: arms,
      references: [ReferenceLine(.vertical, at: 0, label: report.baselines.count == 1 ? report.baselines[0] : "")])
    plot.centerName = "mean and \(ReportTables(report).confidence) interval"
    return plot
  }

  /// The metric over a setting, and published values where there are any: with the interval of each mean, or of several
  /// lines with the seeds' range, since intervals of few seeds over one another hide what they should show.
  func sweep(_ sweep: Sweep) -> Chart {
    let key = sweep.path.split(separator: ".").suffix(2).joined(separator: " ")
    var chart = Chart(
      x: ChartAxis(key, scale: Self.scale(sweep.lines.flatMap(\.values))),
      y: ChartAxis(ReportStyle.words(metric.name), format: Self.format(metric.name)))
    for (index, line) in sweep.lines.enumerated() {
      // A line of several arms has no arm's colour, and must differ from the other lines.
      let color = sweep.lines.count > 1 ? index : color(line.arms[0])
      let points = zip(line.arms, line.values).compactMap { arm, value in
        report.arm(arm)?.summary(metric.reading).map { (value, $0) }
      }
      chart.lines.append(
        LineSeries(
          line.name.isEmpty ? "ours" : line.name, points: points.map { DataPoint(x: $0.0, y: $0.1.mean) },
          band: points.map { Self.band($0.1, ofSeveral: sweep.lines.count > 1) },
          color: color, markers: true))
      let published = zip(line.arms, line.values).compactMap { arm, value in
        publishedValue(arm).map { DataPoint(x: value, y: $0) }
      }
      if !published.isEmpty {
        chart.lines.append(
          LineSeries(
            line.name.isEmpty ? "published" : "\(line.name), published", points: published, dash: .dashed, color: color,
            markers: true))
      }
    }
    let others = Set(sweep.others)
    for name in report.baselines where others.contains(name) {
      guard let mean = report.arm(name)?.summary(metric.reading)?.mean else { continue }
      chart.references.append(ReferenceLine(.horizontal, at: mean, label: name))
    }
    return chart
  }

  private static func band(_ summary: SampleSummary, ofSeveral: Bool) -> ErrorInterval {
    if ofSeveral { return ErrorInterval(summary.minimum, summary.maximum) }
    return ErrorInterval(summary.interval?.lower ?? summary.mean, summary.interval?.upper ?? summary.mean)
  }

  private func publishedValue(_ arm: String) -> Double? {
    let quantity: PublishedValue.Quantity =
      metric.reading == .last ? .last(metric: metric.name) : .best(metric: metric.name)
    return report.facts.arms.first { $0.name == arm }?.published.first { $0.quantity == quantity }?.value
  }

  private static func format(_ metric: String) -> TickFormat { ReportStyle.isFraction(metric) ? .percent : .automatic }

  /// Logarithmic where values span much, by two where they are powers of two.
  private static func scale(_ values: [Double]) -> AxisScale {
    guard let least = values.min(), let greatest = values.max(), least > 0 else { return .linear }
    let arePowersOfTwo = values.allSatisfy { $0.significand == 1 }
    guard greatest / least >= (arePowersOfTwo ? 4 : 8) else { return .linear }
    return arePowersOfTwo ? .log2 : .log10
  }
}

/// A figure drawn twice, for wide windows and paper and for telephones: letters keep their size in both.
package struct FigureBlock: Sendable {
  package static let wide = 920.0
  package static let narrow = 390.0

  private let wide: String
  private let narrow: [String]
  private let caption: HTML

  /// - Parameters:
  ///   - height: of the wide drawing, in pixels.
  ///   - narrowHeight: nil takes that of the wide one.
  package init(_ figure: some Figure, height: Double, narrowHeight: Double? = nil, caption: HTML = .empty) {
    wide = figure.svg(size: FigureSize(width: Self.wide, height: height))
    narrow = [figure.svg(size: FigureSize(width: Self.narrow, height: narrowHeight ?? height))]
    self.caption = caption
  }

  /// Figures side by side with one legend; on a telephone one below the other, each with its own.
  package init(
    _ panels: [any Figure], columns: Int, rowHeight: Double = 300, legend: LegendStyle = .automatic,
    caption: HTML = .empty
  ) {
    let grid = ChartGrid(panels: panels, columns: columns, legend: legend)
    let rows = (panels.count + columns - 1) / max(1, columns)
    wide = grid.svg(
      size: FigureSize(width: Self.wide, height: Double(rows) * rowHeight + (legend == .hidden ? 32 : 60)))
    narrow = panels.map { $0.svg(size: FigureSize(width: Self.narrow, height: 330)) }
    self.caption = caption
  }

  package var html: HTML {
    let small = narrow.map { HTML(markup: $0) }
    let note: HTML = caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>\n"
    return """
      <figure>
      <div class="wide">\(HTML(markup: wide))</div>
      <div class="narrow">\(small)</div>
      \(note)</figure>

      """
  }
}

/// A dot in the colour that an arm has in all figures.
package struct Swatch: Sendable {
  private let slot: Int

  /// - Parameter slot: the arm's place in the plan.
  package init(slot: Int) { self.slot = slot }

  init(_ report: StudyReport, _ arm: String) { self.init(slot: report.facts.arms.firstIndex { $0.name == arm } ?? 0) }

  package var html: HTML { "<i class=\"swatch c\(slot % PageStyle.colorCount)\"></i>" }
}

extension StudyReport {
  /// The metric over each setting that arms differ in by a number, a line for each kind of arms, with the interval of
  /// the seeds' mean: `sweep-batch`, ….
  public var sweepCharts: [(name: String, chart: Chart)] {
    sweeps.map { ("sweep-" + $0.path.replacing(".", with: "-"), ReportFigures(self).sweep($0)) }
  }
}
