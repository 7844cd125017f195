import Studies

/// A study while it runs: its runs, the curves so far, and what would be concluded if it ended now.
struct StudyPage: Sendable {
  private let study: LiveStudy
  private let sections: [PageSection]

  init(_ study: LiveStudy) throws {
    self.study = study
    let key: HTML = "<p class=\"key\">A column is a seed; a cell fills with its run’s epochs.</p>\n"
    var sections = [PageSection(id: "runs", heading: "Runs", content: RunBoard(study: study).html + key)]
    // A metric that nobody has recorded yet, or runs without an epoch: there is nothing to draw then.
    if let partial = try? study.partialReport(), let curves = CurveSection(partial).section { sections.append(curves) }
    if let report = try? study.report() {
      if let verdicts = VerdictSection(report).section {
        let isOver = study.counts.pending + study.counts.running == 0
        sections.append(
          PageSection(id: verdicts.id, heading: isOver ? "Verdicts" : "So far", content: verdicts.content))
      }
      sections.append(PageSection(id: "report", heading: "Report", content: Self.links(study.facts.name)))
    }
    self.sections = sections
  }

  var page: SiteResponse { live.page }
  var fragment: SiteResponse { live.fragment }

  private var live: LivePage {
    let counts = study.counts
    let partial = study.runs.filter { $0.state == .running }.reduce(0) { $0 + $1.progress }
    let view = CountsView(counts: counts, partial: partial)
    return LivePage(
      title: study.facts.title,
      header: """
        <p class="eyebrow"><a href="/">All studies</a> · <b>\(study.facts.name)</b></p>
        <h1>\(study.facts.title)</h1>

        """,
      address: StudyAddress.of(study.facts.name) + "/live",
      main: """
        \(view.bar)<p class="facts">\(view.words).</p>
        \(sections.map(\.html))
        """)
  }

  private static func links(_ name: String) -> HTML {
    let address = StudyAddress.of(name)
    let files = [
      ("report.md", "Markdown"), ("report.tex", "LaTeX"), ("report.csv", "CSV, a row an arm"),
      ("runs.csv", "CSV, a row a value"), ("report.json", "JSON"),
    ].map { file, label -> HTML in " · <a href=\"\(address)/\(file)\">\(label)</a>" }
    return "<p><a href=\"\(address)/report\"><b>The report</b></a> of the runs that are done\(files)</p>\n"
  }
}
