import Foundation
import Studies
import TestSupport
import Testing

@testable import Serve

@Suite(.tags(.unit)) struct StudySiteTests {
  static let hostile = "</title><script>alert(1)</script>\"'&/../%2e%2e"

  private func ask(
    _ path: String, _ method: String = "GET", host: String? = "127.0.0.1:8765", of studies: [LiveStudy] = [.sample()],
    isBroken: Bool = false
  ) async -> (status: Int, text: String, response: SiteResponse) {
    let site = StudySite(FakeSource(studies, isBroken: isBroken), hosts: StudyServer.loopback)
    let response = await site.response(to: SiteRequest(method, path, host: host))
    return (response.status, String(decoding: response.body, as: UTF8.self), response)
  }

  @Test func indexListsStudies() async {
    let page = await ask("/")
    #expect(page.status == 200)
    #expect(page.text.contains("<a href=\"/studies/digits\">Two arms</a>"))
    #expect(page.text.contains("3 of 6 runs done, 1 running"))
    #expect(await ask("/", of: []).text.contains("No studies yet."))
  }

  @Test func studyShowsRunsCurvesAndVerdicts() async {
    let page = await ask("/studies/digits", of: [.sample(done: 5)])
    #expect(page.status == 200)
    #expect(page.text.contains("class=\"running\" title=\"new, seed 2: running, epoch 3 of 10, val_accuracy 0.91"))
    #expect(page.text.contains("<svg"))
    #expect(page.text.contains("So far"))
    #expect(page.text.contains("href=\"/studies/digits/report\""))
    #expect(await ask("/studies/digits", of: [.sample(done: 6)]).text.contains(">Verdicts</h2>"))
    let fragment = await ask("/studies/digits/live", of: [.sample(done: 5)])
    #expect(!fragment.text.contains("<html"))
    #expect(page.text.contains(fragment.text))
  }

  /// A cell for each of thousands of runs would be megabytes a second.
  @Test func aLargeStudyHasABarPerArm() async {
    let page = await ask("/studies/large", of: [.large(arms: 80, seeds: 50)]).text
    #expect(page.contains("<ul class=\"arms\">") && !page.contains("class=\"board\""))
    #expect(page.components(separatedBy: "<li><h3>").count - 1 == 50)
    // What is at work comes first.
    let first = page.components(separatedBy: "<li><h3>")[1]
    #expect(first.hasPrefix("arm 40<") && first.contains("25 of 50 runs done, 1 running"), "\(first.prefix(400))")
    #expect(page.contains("30 more arms, of which 30 are done."))
    #expect(page.utf8.count < 400_000)
  }

  @Test func nothingIsConcludedFromNothing() async {
    let page = await ask("/studies/digits", of: [.sample(done: 0)])
    #expect(page.status == 200)
    #expect(!page.text.contains("So far"))
    #expect(await ask("/studies/digits/report", of: [.sample(done: 0)]).status == 404)
  }

  @Test func aSearchHasItsBudgetsInAFile() async {
    let file = await ask("/studies/digits/budgets.csv", of: [.sample(done: 6)])
    #expect(file.status == 200 && file.response.type == "text/csv; charset=utf-8")
    #expect(file.text.hasPrefix("arm,trials,expected,"))
  }

  @Test(arguments: [
    ("report", "text/html; charset=utf-8"), ("report.json", "application/json"),
    ("report.csv", "text/csv; charset=utf-8"),
    ("runs.csv", "text/csv; charset=utf-8"), ("report.md", "text/markdown; charset=utf-8"),
    ("report.tex", "text/plain; charset=utf-8"), ("report.txt", "text/plain; charset=utf-8"),
  ]) func reportHasItsFormats(_ file: String, _ type: String) async {
    let page = await ask("/studies/digits/\(file)", of: [.sample(done: 6)])
    #expect(page.status == 200)
    #expect(page.response.type == type)
    #expect(page.text.contains("new"))
  }

  @Test(arguments: [
    "/../etc/passwd", "/%2e%2e/etc/passwd", "/studies/..", "/studies/%2e%2e/%2e%2e/etc/passwd",
    "/studies/..%2f..%2fetc%2fpasswd",
    "/studies/digits/..", "/studies/digits/../../secret", "/studies//digits", "//etc/passwd",
    "/studies/digits/report/x",
    "/studies/digits%00", "/studies/%ff%fe", "/studies/digits/report.exe", "/studies", "/favicon.ico", "etc/passwd", "",
    "*", "/studies/%5c..%5c..%5cwindows", "http://127.0.0.1/",
  ]) func pathsDontEscape(_ path: String) async {
    let page = await ask(path)
    #expect(page.status == 404)
    #expect(!page.text.contains("root:"))
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"]) func onlyReading(
    _ method: String
  ) async {
    #expect(await ask("/", method).status == 405)
  }

  @Test func longPathsAreRefused() async {
    #expect(await ask("/" + String(repeating: "a", count: 5000)).status == 414)
  }

  @Test func foreignNamesAreRefused() async {
    #expect(await ask("/", host: "evil.example:8765").status == 421)
    #expect(await ask("/", host: nil).status == 421)
    #expect(await ask("/", host: "localhost:1").status == 200)
    #expect(await ask("/", host: "[::1]:8765").status == 200)
    #expect(await ask("/", host: "127.0.0.1.evil.example").status == 421)
  }

  @Test func hostileNamesStayText() async throws {
    // A name with a slash leads nowhere; one without it must lead to its study.
    let name = Self.hostile.replacing("/", with: "")
    let study = LiveStudy.sample(name, title: Self.hostile, arm: Self.hostile, done: 5)
    let index = await ask("/", of: [study])
    let match = try #require(index.text.firstMatch(of: #/href="(\/studies\/[^"]*)"/#))
    for page in [index, await ask(String(match.1), of: [study]), await ask(String(match.1) + "/report", of: [study])] {
      #expect(page.status == 200)
      #expect(!page.text.contains("<script>alert"))
      #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    }
  }

  @Test func whatBreaksIsTold() async {
    let page = await ask("/", isBroken: true)
    #expect(page.status == 500)
    #expect(page.text.contains("the &lt;store&gt; is locked"))
  }

  @Test func pagesAreMadeOnceASecondAtMost() async {
    let source = FakeSource([.sample(title: "before")])
    let site = StudySite(source, hosts: nil)
    let request = SiteRequest("GET", "/live", host: nil)
    let first = await site.response(to: request)
    source.set([.sample(title: "after")])
    let second = await site.response(to: request)
    #expect(first == second)
    try? await Task.sleep(for: .milliseconds(1200))
    let third = await site.response(to: request)
    #expect(third.tag != first.tag)
    #expect(String(decoding: third.body, as: UTF8.self).contains("after"))
  }

  @Test func reportIsMadeAgainWhenItsRunsHaveChanged() throws {
    var last = LastReport()
    #expect(try last.report(on: .sample(done: 0)) == nil)
    var (three, renamed) = (LiveStudy.sample(done: 3), LiveStudy.sample(title: "Other", done: 3))
    // A run at work is not in the report.
    three.runs[3].history = three.runs[0].history
    for study in [LiveStudy.sample(done: 3), three, .sample(done: 4), renamed, .sample(done: 6), .sample(done: 5)] {
      #expect(try last.report(on: study) == study.report())
    }
    renamed.runs[0].history = renamed.runs[1].history
    #expect(try last.report(on: renamed) == renamed.report())
  }

  @Test func everyPageForbidsWhatItDoesNotNeed() async {
    let headers = Dictionary(uniqueKeysWithValues: await ask("/").response.headers.map { ($0.name, $0.value) })
    #expect(headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
    #expect(headers["X-Content-Type-Options"] == "nosniff")
    #expect(headers["X-Frame-Options"] == "DENY")
  }
}
