import Foundation

/// A request from a browser.
package struct SiteRequest: Sendable, Equatable {
  var method: String
  /// Percent-encoded, without the query.
  var path: String
  /// The header `Host`.
  var host: String?
  /// The header `If-None-Match`.
  var knownTag: String?

  init(_ method: String = "GET", _ path: String, host: String? = "127.0.0.1", knownTag: String? = nil) {
    self.method = method
    self.path = path
    self.host = host
    self.knownTag = knownTag
  }

  /// The decoded parts of the path. `nil` if a part is not UTF-8, refers to another folder, or contains a character
  /// that no name may contain.
  package var parts: [String]? {
    guard path.hasPrefix("/") else { return nil }
    var parts: [String] = []
    let encoded = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in encoded.enumerated() {
      // A trailing slash is ignored.
      if part.isEmpty, index == encoded.count - 1 { break }
      guard let decoded = part.removingPercentEncoding, !decoded.isEmpty, decoded != ".", decoded != "..",
        !decoded.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F })
      else { return nil }
      parts.append(decoded)
    }
    return parts
  }
}

/// A response to a browser.
struct SiteResponse: Sendable, Equatable {
  var status: Int
  var type: String
  var body: Data
  /// The `ETag` of the body.
  var tag: String

  init(status: Int = 200, type: String = "text/html; charset=utf-8", _ text: String) {
    self.status = status
    self.type = type
    body = Data(text.utf8)
    var hasher = Hasher()
    hasher.combine(text)
    tag = "\"\(String(UInt(bitPattern: hasher.finalize()), radix: 36))-\(body.count)\""
  }

  /// The headers of every response.
  ///
  /// They forbid content from other servers, frames and guessing of types, and have caches revalidate live pages.
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

  /// The response as bytes, without a body for `HEAD` or if the browser has it already.
  /// - Parameter request: `nil` if it could not be read.
  func bytes(for request: SiteRequest?, keepsConnection: Bool) -> [UInt8] {
    let isKnown = status == 200 && request?.knownTag == tag
    var lines = ["HTTP/1.1 \(isKnown ? 304 : status) \(isKnown ? "Not Modified" : Self.reason(status))"]
    // A 304 response carries no length.
    lines += headers.filter { !isKnown || $0.name != "Content-Length" }.map { "\($0.name): \($0.value)" }
    lines.append("Date: \(Self.date())")
    if status == 405 { lines.append("Allow: GET, HEAD") }
    lines.append("Connection: \(keepsConnection ? "keep-alive" : "close")")
    let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    return isKnown || request?.method == "HEAD" ? head : head + body
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 414: "URI Too Long"
    case 421: "Misdirected Request"
    case 431: "Request Header Fields Too Large"
    case 505: "HTTP Version Not Supported"
    default: "Internal Server Error"
    }
  }

  /// The time in the format of HTTP, independent of the locale.
  private static func date() -> String {
    var (seconds, parts) = (time(nil), tm())
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
    let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year)"
    return "\(day) \(clock) GMT"
  }
}
