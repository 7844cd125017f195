/// A dot in the colour that an arm has in all figures.
struct Swatch: Sendable {
  private let slot: Int

  init(_ report: StudyReport, _ arm: String) { slot = ReportFigures(report).color(arm) }

  var html: HTML { "<i class=\"swatch c\(slot % PageStyle.colorCount)\"></i>" }
}
