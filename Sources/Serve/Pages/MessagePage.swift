import Studies

/// A page that says why there is nothing else to show.
struct MessagePage: Sendable {
  private let status: Int
  private let heading: String
  private let message: String

  static let notFound = MessagePage(404, "Not here", "There is no such study, or no such page of one.")

  init(_ status: Int, _ heading: String, _ message: String) {
    self.status = status
    self.heading = heading
    self.message = message
  }

  var response: SiteResponse {
    let body: HTML = """
      <header>
      <p class="eyebrow"><a href="/">All studies</a></p>
      <h1>\(heading)</h1>
      <p class="answer">\(message)</p>
      </header>

      """
    return SiteResponse(status: status, PageShell(title: heading).html(body: body).text)
  }
}
