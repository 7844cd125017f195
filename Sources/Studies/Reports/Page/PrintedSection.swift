/// Published numbers beside ours: a row an arm, a column a quantity.
struct PrintedSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.printed.isEmpty else { return nil }
    let quantities = report.printedQuantities
    var table = HTMLTable(
      "Printed numbers, and below each what our runs gave",
      [.init("arm")] + quantities.map { .init("\(PrintedText.name($0))", .number) }, isSortable: true)
    for arm in report.arms {
      let matches = quantities.map { quantity in
        report.printed.first { $0.arm == arm.name && $0.printed.quantity == quantity }
      }
      guard matches.contains(where: { $0 != nil }) else { continue }
      table.append([.init("\(Swatch(report, arm.name).html)\(arm.name)")] + matches.map(cell))
    }
    return PageSection(
      id: "printed", heading: "Printed numbers",
      content: "<p class=\"lead\">\(ReportWords(report).printedNote)</p>\n\(table.html)")
  }

  private func cell(_ match: PrintedMatch?) -> HTMLTable.Cell {
    guard let match else { return .init("") }
    let text = PrintedText(match)
    let (style, spoken): (String, HTML) =
      switch match.agreement {
      case .inside: ("better", "<span class=\"spoken\"> inside</span>")
      case .outside: ("worse", "<span class=\"spoken\"> outside</span>")
      case .unjudged: ("open", "")
      }
    return .init(
      "\(text.printed) <i class=\"mark \(style)\">\(text.mark)\(spoken)</i><small>\(text.ours)</small>",
      key: match.printed.value, style: "stacked")
  }
}
