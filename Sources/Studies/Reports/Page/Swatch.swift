/// A dot in the colour that an arm has in all figures.
package struct Swatch: Sendable {
  private let slot: Int

  /// - Parameter slot: the arm's place in the plan.
  package init(slot: Int) { self.slot = slot }

  init(_ report: StudyReport, _ arm: String) { self.init(slot: ReportFigures(report).color(arm)) }

  package var html: HTML { "<i class=\"swatch c\(slot % PageStyle.colorCount)\"></i>" }
}
