import Studies

/// A page with nothing but a message.
struct MessagePage: Sendable {
  private let status: Int
  private let heading: String
  private let message: String

  static let notFound = MessagePage(404, "Not found", "There is no such page or study.")

  /// The answer to a request that cannot be read.
  static func refusal(_ status: Int) -> MessagePage {
    switch status {
    case 408: MessagePage(408, "Request timeout", "The request did not arrive in time.")
    case 414: MessagePage(414, "Address too long", "No page has an address this long.")
    case 431: MessagePage(431, "Headers too large", "The request has more or longer headers than this server accepts.")
    case 505: MessagePage(505, "Version not supported", "This server speaks HTTP/1.1.")
    default: MessagePage(400, "Bad request", "This is not a valid HTTP/1.1 request.")
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
