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
    hasManyArms ? arms.bestFirst(sign) { $0.summary(facts.metric.reading)?.mean } : arms
  }

  /// The comparisons as ``shownArms`` has arms.
  var shownComparisons: [ArmComparison] {
    comparisons.count > PageFold.limit ? comparisons.bestFirst(sign) { $0.comparison.meanDifference } : comparisons
  }

  /// The arms whose curves are drawn: of many the best and their baselines; nil for all.
  var drawnArms: [String]? {
    guard hasManyArms else { return nil }
    let best = Set(shownArms.prefix(PageFold.curves).map(\.name))
    let compared = Set(facts.arms.filter { best.contains($0.name) }.compactMap(\.baseline))
    return facts.arms.map(\.name).filter { best.contains($0) || compared.contains($0) }
  }

  private var sign: Double { facts.metric.direction.sign }
}

extension Array {
  /// The elements with the best values first, equal ones in their order, and those whose value is missing or not a number last.
  /// - Parameter sign: -1 if lower values are better.
  fileprivate func bestFirst(_ sign: Double, _ value: (Element) -> Double?) -> [Element] {
    let ranks = map { element -> Double in
      guard let value = value(element), !value.isNaN else { return -.infinity }
      return value * sign
    }
    return indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] > ranks[$1] }.map { self[$0] }
  }
}
