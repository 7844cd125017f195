import Figures
import Statistics

/// The settings that a search found, what its budget bought and which settings matter; nothing without a search.
struct SearchSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard let search = report.search else { return nil }
    let words = SearchWords(search)
    var content: HTML = "<p class=\"lead\">\(words.lead)</p>\n"
    if !words.warnings.isEmpty {
      content += "<ul class=\"warned\">\(words.warnings.map { "<li>⚠ \($0)</li>" as HTML })</ul>\n"
    }
    content += found(search, words).html
    if let chart = ReportFigures(report).budgets {
      content +=
        FigureBlock(
          chart, height: 360, narrowHeight: 330,
          caption: "\(words.curveNote(confidence: ReportTables(report).confidence))"
        ).html
      if !words.budgets.isEmpty {
        content += "<ul class=\"notes\">\(words.budgets.map { "<li>\($0)</li>" as HTML })</ul>\n"
      }
    }
    if let chart = ReportFigures(report).sensitivities {
      content +=
        FigureBlock(
          chart, height: 80 + 26 * Double(chart.categories.count * max(1, chart.groups.count)),
          caption: "\(words.sensitivityNote)"
        ).html
      content += sensitivities(search).html
    }
    let maps = ReportFigures(report).searchMaps
    if !maps.isEmpty {
      content +=
        FigureBlock(
          maps, columns: min(2, maps.count), rowHeight: 340,
          caption: """
            Trials over the two numbers that explain most of the score. Good settings at an edge ask for a wider space.
            """
        ).html
    }
    return PageSection(id: "search", heading: "Search", content: content)
  }

  func found(_ search: SearchReport, _ words: SearchWords) -> HTMLTable {
    let hasStandard = search.facts.arms.contains { $0.standard != nil }
    let hasStudies = search.facts.studies > 1
    var table = HTMLTable(
      "Settings found for each arm",
      [.init("arm")] + (hasStudies ? [.init("study", .number)] : []) + [
        .init("best settings"), .init("score", .number, hint: "of the best trial, before fresh seeds"),
      ]
        + (hasStandard ? [.init("default settings", .number, hint: "score of the arm without a search")] : [])
        + [
          .init("trials", .number), .init("diverged", .number), .init("stopped", .number, hint: "by the pruner"),
          .init("time", .number, hint: "of all trials"), .init("gradient evaluations", .number, hint: "of all trials"),
        ], isSortable: search.arms.count > 1 || hasStudies)
    func scoreCell(_ score: Double?) -> HTMLTable.Cell {
      .init("\(words.scoreText(score))", key: score.flatMap { $0.isFinite ? $0 : nil })
    }
    for (arm, found) in zip(search.facts.arms, search.arms) {
      for (place, study) in found.studies.enumerated() {
        var cells: [HTMLTable.Cell] = [.init("\(Swatch(report, arm.name).html)\(arm.name)")]
        if hasStudies { cells.append(.init("\(place + 1)", key: Double(place))) }
        cells += [.init("\(settings(arm, study))"), scoreCell(study.score)]
        if hasStandard { cells.append(scoreCell(arm.standard)) }
        for count in [study.trials, study.diverged, study.stopped] {
          cells.append(.init("\(count)", key: Double(count)))
        }
        cells.append(.init("\(NumberText.duration(study.seconds))", key: study.seconds))
        let evaluations = Double(study.gradientEvaluations)
        cells.append(.init("\(NumberText.count(evaluations))", key: evaluations))
        table.append(cells)
      }
    }
    return table
  }

  private func settings(_ arm: SearchArmFacts, _ study: SearchReport.Study) -> HTML {
    if study.keepsStandard { return "\(SearchWords.standard)" }
    guard let best = study.best else { return "–" }
    return zip(arm.dimensions, arm.trials[best].values).map { dimension, value -> HTML in
      let mark: HTML = study.edges[dimension.setting] == nil ? "" : " <span class=\"warned\">⚠ edge</span>"
      return "<code>\(dimension.setting)=\(value.description)</code>\(mark)"
    }.joined(by: "<br/>")
  }

  private func sensitivities(_ search: SearchReport) -> HTMLTable {
    var table = HTMLTable(
      "Sensitivity of the score to each setting",
      [
        .init("arm"), .init("setting"), .init("share", .number, hint: "of the forest’s variance, by itself"),
        .init("rank correlation", .number, hint: "Spearman’s, with the score"),
        .init("predicted", .number, hint: "of the variance of trials that the forest hasn’t seen"),
      ], isSortable: true)
    for (arm, found) in zip(search.facts.arms, search.arms) {
      guard let all = found.sensitivities else { continue }
      for (dimension, setting) in zip(arm.dimensions, all.settings) {
        table.append([
          .init("\(Swatch(report, arm.name).html)\(arm.name)"), .init("<code>\(dimension.setting)</code>"),
          .init("\(NumberText.decimal(setting.share * 100, places: 0))%", key: setting.share),
          .init(
            "\(setting.rankCorrelation.map { NumberText.signed($0, places: 2) } ?? "–")", key: setting.rankCorrelation),
          .init("\(NumberText.decimal(all.predicted * 100, places: 0))%", key: all.predicted, style: "soft"),
        ])
      }
    }
    return table
  }
}

extension ReportFigures {
  /// The best score against the number of trials, a line per arm; nil without a search.
  var budgets: Chart? {
    guard let search = report.search else { return nil }
    let isAdaptive = search.facts.isAdaptive
    let lines = search.arms.compactMap { arm -> LineSeries? in
      if isAdaptive {
        guard !arm.bestSoFar.isEmpty else { return nil }
        return LineSeries(
          arm.name, points: arm.bestSoFar.enumerated().map { DataPoint(x: Double($0 + 1), y: $1) },
          color: color(arm.name))
      }
      guard let curve = arm.curve else { return nil }
      return LineSeries(
        arm.name, points: curve.points.map { DataPoint(x: Double($0.trials), y: $0.expected) },
        band: curve.points.compactMap { point in point.interval.map { ErrorInterval($0.lower, $0.upper) } },
        color: color(arm.name))
    }
    guard !lines.isEmpty else { return nil }
    let name = search.facts.metric.name
    return Chart(
      x: ChartAxis("trials"),
      y: ChartAxis("best \(SearchWords(search).metric)", format: ReportStyle.isFraction(name) ? .percent : .automatic),
      lines: lines)
  }

  /// The share of each setting, a bar per arm; nil where no arm has enough trials.
  var sensitivities: BarChart? {
    guard let search = report.search else { return nil }
    let shown = zip(search.facts.arms, search.arms).filter { $1.sensitivities != nil }
    guard !shown.isEmpty else { return nil }
    var categories: [String] = []
    for (arm, _) in shown {
      for dimension in arm.dimensions where !categories.contains(dimension.setting) {
        categories.append(dimension.setting)
      }
    }
    return BarChart(
      axis: ChartAxis("share of the variance explained", format: .percent), categories: categories,
      groups: shown.map { arm, found in
        BarChart.Group(
          arm.name,
          values: categories.map { setting -> Double in
            let place = arm.dimensions.firstIndex { $0.setting == setting }
            let share = place.flatMap { found.sensitivities?.settings[$0].share }
            return share.map { ($0 * 100).rounded() / 100 } ?? .nan
          }, color: color(arm.name))
      })
  }
}
