import Studies

/// A page that says why there is nothing else to show.
struct MessagePage: Sendable {
  private let status: Int
  private let heading: String
  private let message: String

  static let notFound = MessagePage(404, "Not here", "There is no such study, or no such page of one.")

  /// What a request gets that can't be read.
  static func refusal(_ status: Int) -> MessagePage {
    switch status {
    case 408: MessagePage(408, "Too slow", "The request didn’t come to its end in time.")
    case 414: MessagePage(414, "Too long", "No study’s address is as long as this.")
    case 431: MessagePage(431, "Too much", "The request has more headers, or longer ones, than this server reads.")
    case 505: MessagePage(505, "Another version", "This server speaks HTTP/1.1.")
    default: MessagePage(400, "Not understood", "This is no request as HTTP/1.1 has them.")
    }
  }

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
