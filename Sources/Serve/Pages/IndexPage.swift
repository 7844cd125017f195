import Studies

/// All studies of a source.
struct IndexPage: Sendable {
  private let studies: [LiveStudySummary]

  init(_ studies: [LiveStudySummary]) { self.studies = studies }

  var page: SiteResponse { live.page }
  var fragment: SiteResponse { live.fragment }

  private var live: LivePage {
    LivePage(
      title: "Studies", header: "<p class=\"eyebrow\">Tanren</p>\n<h1>Studies</h1>\n", address: "/live", main: list)
  }

  private var list: HTML {
    guard !studies.isEmpty else { return "<p class=\"lead\">There are no studies yet.</p>\n" }
    let items = studies.map { study -> HTML in
      let view = CountsView(counts: study.counts)
      return """
        <li>
        <h2><a href="\(StudyAddress.of(study.name))">\(study.title)</a></h2>
        \(view.bar)<p>\(study.name) · \(view.words)</p>
        </li>

        """
    }
    return "<ul class=\"studies\">\n\(items)</ul>\n"
  }
}
