import Foundation

/// What a browser gets.
struct SiteResponse: Sendable, Equatable {
  var status: Int
  var type: String
  var body: Data
  /// What names this very body, for `ETag`.
  var tag: String

  init(status: Int = 200, type: String = "text/html; charset=utf-8", _ text: String) {
    self.status = status
    self.type = type
    body = Data(text.utf8)
    var hasher = Hasher()
    hasher.combine(text)
    tag = "\"\(String(UInt(bitPattern: hasher.finalize()), radix: 36))-\(body.count)\""
  }

  /// The headers that every answer has.
  ///
  /// Nothing is loaded from elsewhere, nothing is framed, types aren't guessed, and what is live isn't kept.
  var headers: [(name: String, value: String)] {
    [
      ("Content-Type", type), ("Content-Length", "\(body.count)"), ("ETag", tag), ("Cache-Control", "no-cache"),
      ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      ),
    ]
  }
}
