import Statistics

/// How a page shows a study of many arms: the best ones first, the others folded away, to be searched.
package enum PageFold {
  /// Longer lists and tables are folded.
  package static let limit = 40
  /// Rows that a folded list shows.
  package static let rows = 25
  /// Arms whose curves are drawn, beside their baselines.
  package static let curves = 12

  /// The attributes of a folded list or table.
  /// - Parameter style: its classes otherwise.
  static func attributes(_ name: String, style: [String], count: Int) -> HTML {
    let classes = (style + (count > limit ? ["long"] : [])).filter { !$0.isEmpty }.joined(separator: " ")
    let mark: HTML = count > limit ? " data-long=\"\(name)\"" : ""
    return classes.isEmpty ? mark : " class=\"\(classes)\"\(mark)"
  }
}

extension StudyReport {
  /// Whether there are more arms than a page shows at first.
  var hasManyArms: Bool { arms.count > PageFold.limit }

  /// The arms in the order in which a page has them: that of the plan, or of many arms the best first.
  var shownArms: [ArmReport] {
    guard hasManyArms else { return arms }
    return arms.enumerated().sorted { one, other in
      let (first, second) = (rank(one.element), rank(other.element))
      return first == second ? one.offset < other.offset : first > second
    }.map(\.element)
  }

  /// The comparisons as ``shownArms`` has arms.
  var shownComparisons: [ArmComparison] {
    guard comparisons.count > PageFold.limit else { return comparisons }
    let sign = facts.metric.direction.sign
    func rank(_ entry: ArmComparison) -> Double { entry.comparison.meanDifference.map { $0 * sign } ?? -.infinity }
    return comparisons.enumerated().sorted { one, other in
      let (first, second) = (rank(one.element), rank(other.element))
      return first == second ? one.offset < other.offset : first > second
    }.map(\.element)
  }

  /// The arms whose curves are drawn: of many the best and their baselines; nil for all.
  var drawnArms: [String]? {
    guard hasManyArms else { return nil }
    let best = Set(shownArms.prefix(PageFold.curves).map(\.name))
    let compared = Set(facts.arms.filter { best.contains($0.name) }.compactMap(\.baseline))
    return facts.arms.map(\.name).filter { best.contains($0) || compared.contains($0) }
  }

  private func rank(_ arm: ArmReport) -> Double {
    arm.summary(facts.metric.reading).map { $0.mean * facts.metric.direction.sign } ?? -.infinity
  }
}
