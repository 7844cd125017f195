import Figures
import Statistics

/// What a search found, in sentences and tables that every format shares.
struct SearchWords: Sendable {
  let search: SearchReport
  private let style: ReportStyle.Values

  init(_ search: SearchReport) {
    self.search = search
    let widths = search.arms.flatMap { $0.curve?.points.compactMap { $0.interval.map { $0.width / 2 } } ?? [] }
    style = ReportStyle.Values(
      ReportStyle.style(of: search.facts.metric.name), widths: widths, differenceWidths: widths)
  }

  private var facts: SearchFacts { search.facts }

  func score(_ value: Double) -> String { style.text(value) }

  /// The metric by its words: on held-out data, not on the test set that its name speaks of.
  var metric: String {
    let words = ReportStyle.words(facts.metric.name)
    return words.hasPrefix("test ") ? String(words.dropFirst("test ".count)) : words
  }

  /// How the settings were found.
  var lead: String {
    let counts = Set(facts.arms.map(\.trials.count)).sorted()
    let trials = counts.count == 1 ? "\(counts[0])" : "\(counts.first ?? 0) to \(counts.last ?? 0)"
    let data = facts.judgedBy.isEmpty ? "" : " on \(facts.judgedBy)"
    return "Each arm had \(trials) trials, drawn by \(facts.sampler) and judged by "
      + "\(metric)\(data). The best settings then ran on fresh seeds."
  }

  /// Settings at an end of their scale: better ones may lie beyond.
  var warnings: [String] {
    zip(facts.arms, search.arms).flatMap { arm, found -> [String] in
      var warnings: [String] = arm.dimensions.compactMap { dimension in
        guard let isLow = found.edges[dimension.setting], let value = Self.value(of: dimension.setting, arm, found)
        else { return nil }
        return "\(arm.name): the best \(dimension.setting), \(value), lies at the \(isLow ? "lower" : "upper") edge of "
          + "\(dimension.scale). Search further \(isLow ? "down" : "up")."
      }
      if found.best == nil, !arm.trials.isEmpty {
        warnings.append("\(arm.name): no trial ended with a finite score.")
      }
      if isStandardBetter(arm, found) {
        warnings.append("\(arm.name): the default settings scored better than those found.")
      }
      return warnings
    }
  }

  /// Which arm a budget favours, and where that changes.
  var budgets: [String] {
    // The curves of a sampler that learns are no expectations.
    guard !facts.isAdaptive else { return [] }
    return search.comparisons.flatMap { entry -> [String] in
      let points = entry.budgets.points
      guard let last = points.last else { return [] }
      let counts = [1, 5, 20, last.trials].filter { $0 <= last.trials }
      let parts = Set(counts).sorted().map { count in
        let point = points[count - 1]
        let isClear = point.interval.map { !$0.contains(0) } ?? false
        let isBetter = (point.difference > 0) == (facts.metric.better == .higher)
        let leader = isBetter ? entry.candidate : entry.baseline
        return "with \(NumberText.count(count, "trial")) \(isClear ? leader : "neither") is clearly better"
      }
      let first = "\(entry.candidate) or \(entry.baseline): " + parts.joined(separator: ", ") + "."
      let crossings = entry.budgets.crossings
      guard !crossings.isEmpty else { return [first] }
      return [first, "Their curves cross at \(crossings.map(String.init).joined(separator: ", ")) trials."]
    }
  }

  /// What the shares can't be trusted for.
  var sensitivityNote: String {
    "The share of the trials’ ranking that a setting explains by itself (fANOVA), and Spearman’s rank correlation with "
      + "the score. Where a forest predicts unseen trials no better than their mean, shares describe noise."
  }

  /// One row per arm: the settings found, beside those it has without a search, and what the trials took.
  func found(isCompact: Bool = false) -> TextTable {
    let hasStandard = facts.arms.contains { $0.standard != nil }
    var table = TextTable(
      [TableColumn("arm"), TableColumn("best settings"), TableColumn("score", .right)]
        + (hasStandard ? [TableColumn(isCompact ? "default" : "default settings", .right)] : [])
        + ["trials", "diverged", "stopped", "time", isCompact ? "gradients" : "gradient evaluations"].map {
          TableColumn($0, .right)
        })
    for (arm, found) in zip(facts.arms, search.arms) {
      table.append(
        [
          TableCell(arm.name),
          TableCell(settings(arm, found), style: found.edges.isEmpty ? .plain : .warning),
          TableCell(found.best.map { score(arm.trials[$0].score) } ?? "–"),
        ] + (hasStandard ? [TableCell(arm.standard.map { $0.isFinite ? score($0) : "diverged" } ?? "–")] : [])
          + [
            "\(arm.trials.count)", "\(arm.trials.count { !RunReport.isFinite($0.score) })", "\(found.stopped)",
            TableCell(NumberText.duration(found.seconds)),
            TableCell(NumberText.count(Double(found.gradientEvaluations))),
          ])
    }
    return table
  }

  /// One row per arm and setting, those that matter most first.
  var sensitivities: TextTable {
    var table = TextTable([
      "arm", "setting", TableColumn("share", .right), TableColumn("rank correlation", .right),
      TableColumn("predicted", .right),
    ])
    for (arm, found) in zip(facts.arms, search.arms) {
      guard let all = found.sensitivities else { continue }
      let order = all.settings.indices.sorted { (-all.settings[$0].share, $0) < (-all.settings[$1].share, $1) }
      for (row, place) in order.enumerated() {
        let setting = all.settings[place]
        table.append([
          TableCell(row == 0 ? arm.name : ""), TableCell(arm.dimensions[place].setting),
          TableCell(NumberText.decimal(setting.share * 100, places: 0) + "%"),
          TableCell(setting.rankCorrelation.map { NumberText.signed($0, places: 2) } ?? "–"),
          TableCell(row == 0 ? NumberText.decimal(all.predicted * 100, places: 0) + "%" : "", style: .muted),
        ])
      }
    }
    return table
  }

  func settings(_ arm: SearchArmFacts, _ found: SearchReport.Arm) -> String {
    guard let best = found.best else { return "–" }
    return zip(arm.dimensions, arm.trials[best].values).map { dimension, value in
      "\(dimension.setting)=\(value)" + (found.edges[dimension.setting] == nil ? "" : " ⚠")
    }.joined(separator: " ")
  }

  private func isStandardBetter(_ arm: SearchArmFacts, _ found: SearchReport.Arm) -> Bool {
    guard let standard = arm.standard, let best = found.best, standard.isFinite else { return false }
    let score = arm.trials[best].score
    return facts.metric.better == .higher ? !(score >= standard) : !(score <= standard)
  }

  private static func value(of setting: String, _ arm: SearchArmFacts, _ found: SearchReport.Arm) -> String? {
    guard let best = found.best, let place = arm.dimensions.firstIndex(where: { $0.setting == setting }) else {
      return nil
    }
    return arm.trials[best].values[place].description
  }
}
