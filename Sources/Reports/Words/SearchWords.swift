import Figures
import Statistics

/// What a search found, in sentences and tables that every format shares.
struct SearchWords: Sendable {
  let search: SearchReport
  private let style: ReportStyle.Values

  init(_ search: SearchReport) {
    self.search = search
    // How much single trials differ says nothing of the digits that the best ones have.
    style = ReportStyle.Values(ReportStyle.style(of: search.facts.metric.name), widths: [])
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
    let counts = Set(search.arms.flatMap { $0.studies.map(\.trials) }).sorted()
    let trials = counts.count == 1 ? "\(counts[0])" : "\(counts.first ?? 0) to \(counts.last ?? 0)"
    let data = facts.judgedBy.isEmpty ? "" : " on \(facts.judgedBy)"
    let studies = facts.studies > 1 ? "\(facts.studies) studies of " : ""
    return "Each arm had \(studies)\(trials) trials, drawn by \(facts.sampler) and judged by \(metric)\(data). "
      + (facts.studies > 1
        ? "The studies’ best settings then took turns on fresh seeds." : "The best settings then ran on fresh seeds.")
  }

  /// What the curves are of.
  func curveNote(confidence: String) -> String {
    let pooled = facts.studies > 1
    if facts.isAdaptive {
      return "The best score so far\(pooled ? " in a study, the mean over \(facts.studies) studies" : ""). Trials were "
        + "chosen by the results before them, so there are no intervals."
    }
    return "The expected best score of so many trials"
      + (pooled ? ", from the trials of all \(facts.studies) studies of an arm together" : "")
      + ", with \(confidence) interval up to a quarter of the trials: how good the best of more can be is beyond what so "
      + "few scores tell."
  }

  /// Settings at an end of their scale: better ones may lie beyond.
  var warnings: [String] {
    zip(facts.arms, search.arms).flatMap { arm, found -> [String] in
      func part(_ count: Int) -> String {
        found.studies.count == 1 ? "" : "in \(count) of \(found.studies.count) studies "
      }
      var warnings: [String] = []
      for (place, dimension) in arm.dimensions.enumerated() {
        for isLow in [true, false] {
          let values = found.studies.compactMap { study -> String? in
            guard let best = study.best, study.edges[dimension.setting] == isLow else { return nil }
            return arm.trials[best].values[place].description
          }
          guard !values.isEmpty else { continue }
          warnings.append(
            "\(arm.name): \(part(values.count))the best \(dimension.setting), \(values.uniqued.joined(separator: ", ")), "
              + "lies at the \(isLow ? "lower" : "upper") edge of \(dimension.scale). Search further "
              + "\(isLow ? "down" : "up").")
        }
      }
      let lost = found.studies.count { $0.trials > 0 && $0.diverged == $0.trials }
      if lost > 0 { warnings.append("\(arm.name): \(part(lost))no trial ended with a finite score.") }
      let kept = found.studies.count { $0.keepsStandard && $0.diverged < $0.trials }
      if kept > 0 {
        warnings.append("\(arm.name): \(part(kept))the default settings scored better than all trials and were kept.")
      }
      let better = found.studies.count { !$0.keepsStandard && isStandardBetter(arm, $0) }
      if better > 0 {
        warnings.append("\(arm.name): \(part(better))the default settings scored better than those found.")
      }
      return warnings
    }
  }

  /// Whether a setting that was found lies at an end of its scale.
  var hasEdges: Bool { search.arms.contains { $0.studies.contains { !$0.edges.isEmpty } } }

  /// Which arm a budget favours, and where that changes.
  var budgets: [String] {
    // The curves of a sampler that learns are no expectations.
    guard !facts.isAdaptive else { return [] }
    return search.comparisons.flatMap { entry -> [String] in
      let points = entry.budgets.points
      let known = points.prefix { $0.interval != nil }.count
      guard let last = points.last, known > 0 else { return [] }
      let parts = Set([1, 5, 20, known]).filter { $0 <= known }.sorted().map { count in
        let point = points[count - 1]
        let isClear = point.interval.map { !$0.contains(0) } ?? false
        let isBetter = (point.difference > 0) == (facts.metric.better == .higher)
        let leader = isBetter ? entry.candidate : entry.baseline
        return "with \(NumberText.count(count, "trial")) \(isClear ? leader : "neither") is clearly better"
      }
      let rest = known < last.trials ? "; with more, \(last.trials) trials are too few to tell" : ""
      let first = "\(entry.candidate) or \(entry.baseline): " + parts.joined(separator: ", ") + rest + "."
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

  /// One row per arm and study: the settings found, beside those it has without a search, and what the trials took.
  /// - Parameter edge: what follows a setting at an end of its scale.
  func found(isCompact: Bool = false, edge: String = " ⚠") -> TextTable {
    let hasStandard = facts.arms.contains { $0.standard != nil }
    var table = TextTable(
      [TableColumn("arm")] + (facts.studies > 1 ? [TableColumn("study", .right)] : [])
        + [TableColumn("best settings"), TableColumn("score", .right)]
        + (hasStandard ? [TableColumn(isCompact ? "default" : "default settings", .right)] : [])
        + ["trials", "diverged", "stopped", "time", isCompact ? "gradients" : "gradient evaluations"].map {
          TableColumn($0, .right)
        })
    for (arm, found) in zip(facts.arms, search.arms) {
      for (place, study) in found.studies.enumerated() {
        table.append(
          [TableCell(place == 0 ? arm.name : "")] + (facts.studies > 1 ? ["\(place + 1)"] : [])
            + [
              TableCell(settings(arm, study, edge: edge), style: study.edges.isEmpty ? .plain : .warning),
              TableCell(scoreText(study.score)),
            ] + (hasStandard ? [TableCell(scoreText(arm.standard))] : [])
            + [
              "\(study.trials)", "\(study.diverged)", "\(study.stopped)", TableCell(NumberText.duration(study.seconds)),
              TableCell(NumberText.count(Double(study.gradientEvaluations))),
            ])
      }
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

  /// "–" where there is none.
  func scoreText(_ score: Double?) -> String { score.map { $0.isFinite ? self.score($0) : "diverged" } ?? "–" }

  func settings(_ arm: SearchArmFacts, _ study: SearchReport.Study, edge: String) -> String {
    if study.keepsStandard { return Self.standard }
    guard let best = study.best else { return "–" }
    return zip(arm.dimensions, arm.trials[best].values).map { dimension, value in
      "\(dimension.setting)=\(value)" + (study.edges[dimension.setting] == nil ? "" : edge)
    }.joined(separator: " ")
  }

  /// What stands for the settings that an arm has without a search.
  static let standard = "as written"

  private func isStandardBetter(_ arm: SearchArmFacts, _ study: SearchReport.Study) -> Bool {
    guard let standard = arm.standard, let score = study.score, standard.isFinite else { return false }
    return facts.metric.better == .higher ? !(score >= standard) : !(score <= standard)
  }
}
