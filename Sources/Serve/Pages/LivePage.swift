import Studies

/// A page whose main part a browser fetches again every second.
struct LivePage: Sendable {
  let title: String
  let header: HTML
  /// Where the main part is fetched.
  let address: String
  let main: HTML

  var page: SiteResponse {
    let body: HTML = """
      <header>
      \(header)<p class="pulse" role="status"><i></i><span>Live</span></p>
      </header>
      <main data-live="\(address)">
      \(main)</main>

      """
    let shell = PageShell(title: title, style: LiveStyle.text, script: LiveScript.text, connections: "'self'")
    return SiteResponse(shell.html(body: body).text)
  }

  var fragment: SiteResponse { SiteResponse(main.text) }
}
