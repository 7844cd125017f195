import TestSupport
import Testing

@testable import Serve

@Suite(.tags(.unit)) struct RequestReaderTests {
  private static let usual =
    "GET /studies/a%20b?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nIf-None-Match:  \"tag\" \r\n\r\n"

  private func read(_ text: String, by count: Int = .max) -> (outcome: RequestReader.Outcome, rest: String) {
    var reader = RequestReader()
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      var part = rest.prefix(count)
      rest = rest.dropFirst(count)
      let outcome = reader.read(&part)
      if outcome != .incomplete { return (outcome, String(decoding: part + rest, as: UTF8.self)) }
      #expect(part.isEmpty)
    }
    return (.incomplete, "")
  }

  private func status(_ text: String) -> Int? {
    if case .refused(let status) = read(text).outcome { status } else { nil }
  }

  @Test(arguments: [1, 2, 3, 7, 64, 10_000]) func headsComeInParts(_ count: Int) {
    let wanted = RequestReader.Outcome.head(
      RequestHead(
        request: SiteRequest("GET", "/studies/a%20b", host: "127.0.0.1:8765", knownTag: "\"tag\""),
        keepsConnection: true))
    let (outcome, rest) = read("\r\n" + Self.usual + "GET /next", by: count)
    #expect(outcome == wanted)
    #expect(rest == "GET /next")
    #expect(read(String(Self.usual.dropLast(2)), by: count).outcome == .incomplete)
  }

  @Test(
    arguments: [
      ("GET / HTTP/1.1\nHost: a\n\n", "/", "a", true), ("GET / HTTP/1.0\r\n\r\n", "/", nil, false),
      ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", "/", "a", false),
      ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "/x", "a", false),
      ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "/x", "a", false),
      ("GET http://b:1/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "b:1", true),
      ("GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n", "/", "b", true),
    ] as [(String, String, String?, Bool)])
  func headsSayWhatTheyWant(_ text: String, _ path: String, _ host: String?, _ keeps: Bool) {
    guard case .head(let head) = read(text).outcome else {
      Issue.record("\(read(text).outcome)")
      return
    }
    #expect(head.request.path == path && head.request.host == host && head.keepsConnection == keeps)
  }

  @Test(arguments: [
    ("GET /\r\n", 400), ("GET  / HTTP/1.1\r\n", 400), ("GET / HTTP/2.0\r\n", 505), ("GET / HTTX/1.1\r\n", 400),
    ("G\u{7}T / HTTP/1.1\r\n", 400), ("GET /ü HTTP/1.1\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400), ("GET / HTTP/1.1\r\nHost : a\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n", 400), ("GET / HTTP/1.1\r\nno colon\r\n", 400),
    ("GET / HTTP/1.1\r\nX: a\u{0}b\r\n", 400), ("GET / HTTP/1.1\r\n: a\r\n", 400),
  ]) func whatIsNoRequestIsRefused(_ text: String, _ wanted: Int) { #expect(status(text) == wanted) }

  @Test func linesFieldsAndHeadsHaveLimits() {
    func filled(_ count: Int) -> String { String(repeating: "a", count: count) }
    let start = "GET / HTTP/1.1\r\nHost: a\r\n"
    // As long as a line may be, without its line feed.
    #expect(status("GET /" + filled(RequestReader.lineLimit - 15) + " HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
    #expect(status("GET /" + filled(RequestReader.lineLimit)) == 414)
    #expect(status(start + "X: " + filled(RequestReader.lineLimit - 4) + "\r\n\r\n") == nil)
    #expect(status(start + "X: " + filled(RequestReader.lineLimit)) == 431)
    let field = "X: " + filled(995) + "\r\n"
    #expect(status(start + String(repeating: field, count: 65) + "\r\n") == nil)
    #expect(status(start + String(repeating: field, count: 66) + "\r\n") == 431)
    #expect(status(start + String(repeating: "X: \r\n", count: 99) + "\r\n") == nil)
    #expect(status(start + String(repeating: "X: \r\n", count: 100) + "\r\n") == 431)
    #expect(status(String(repeating: "\r\n", count: 40_000)) == 414)
  }
}
