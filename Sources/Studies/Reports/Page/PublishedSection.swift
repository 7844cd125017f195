/// Published numbers beside ours: a row an arm, a column a quantity.
struct PublishedSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.published.isEmpty else { return nil }
    let quantities = report.publishedQuantities
    var table = HTMLTable(
      "Published values, and below each what our runs gave",
      [.init("arm")] + quantities.map { .init("\(PublishedText.name($0))", .number) }, isSortable: true)
    for arm in report.arms {
      let matches = quantities.map { quantity in
        report.published.first { $0.arm == arm.name && $0.published.quantity == quantity }
      }
      guard matches.contains(where: { $0 != nil }) else { continue }
      table.append([.init("\(Swatch(report, arm.name).html)\(arm.name)")] + matches.map(cell))
    }
    return PageSection(
      id: "published", heading: "Published values",
      content: "<p class=\"lead\">\(ReportWords(report).publishedNote)</p>\n\(table.html)")
  }

  private func cell(_ match: PublishedComparison?) -> HTMLTable.Cell {
    guard let match else { return .init("") }
    let text = PublishedText(match)
    let (style, spoken): (String, HTML) =
      switch match.agreement {
      case .inside: ("better", "<span class=\"spoken\"> inside</span>")
      case .outside: ("worse", "<span class=\"spoken\"> outside</span>")
      case .unjudged: ("open", "")
      }
    return .init(
      "\(text.published) <i class=\"mark \(style)\">\(text.mark)\(spoken)</i><small>\(text.ours)</small>",
      key: match.published.value, style: "stacked")
  }
}
