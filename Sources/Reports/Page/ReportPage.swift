import Figures
import Statistics

/// A report as one HTML page that needs nothing from anywhere: the answer first, then what it rests on.
struct ReportPage: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var html: HTML {
    let sections = [
      VerdictSection(report).section, CurveSection(report).section, DifferenceSection(report).section,
      SweepSection(report).section, ResultSection(report).section, PublishedSection(report).section,
      CostSection(report).section, FailureSection(report).section, SettingSection(report).section,
      RepeatSection(report).section,
    ].compactMap(\.self)
    let title = report.facts.title
    return PageShell(title: title).html(
      body: """
        <header>
        <p class="eyebrow">Study <b>\(report.facts.name)</b></p>
        <h1>\(title)</h1>
        <p class="answer">\(report.headline)</p>
        <p class="facts">\(ReportWords(report).sentences.joined(separator: " "))</p>
        <nav aria-label="Sections"><ul>\(sections.map(\.link))</ul></nav>
        </header>
        <main>
        \(sections.map(\.html))</main>
        <footer><p>Written by Tanren.</p></footer>

        """)
  }
}
