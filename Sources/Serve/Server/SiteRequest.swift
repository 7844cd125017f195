/// What a browser asks for.
package struct SiteRequest: Sendable, Equatable {
  var method: String
  /// As it was sent, percent-encoded and without what follows a question mark.
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

  /// The parts of the path, decoded; nil where one isn't UTF-8, or means another folder, or holds what no name holds.
  package var parts: [String]? {
    guard path.hasPrefix("/") else { return nil }
    var parts: [String] = []
    let encoded = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in encoded.enumerated() {
      // A slash at the end says nothing.
      if part.isEmpty, index == encoded.count - 1 { break }
      guard let decoded = part.removingPercentEncoding, !decoded.isEmpty, decoded != ".", decoded != "..",
        !decoded.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F })
      else { return nil }
      parts.append(decoded)
    }
    return parts
  }
}
