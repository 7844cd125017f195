import Foundation
import Reports
import TestSupport
import Testing

/// A page in a real browser; where none is installed there is nothing to test.
@Suite(.tags(.browser), .serialized, .enabled(if: Browser.path != nil)) struct ReportBrowserTests {
  @Test func aClickSortsTheTable() throws {
    let result = try Browser.evaluate(
      """
      const table = document.querySelector('#results table');
      const names = () => Array.from(table.tBodies[0].rows).map(row => row.cells[0].textContent).join(' ');
      const button = table.tHead.rows[0].cells[2].querySelector('button');
      const before = names();
      button.click();
      const down = names();
      button.click();
      return [before, down, names(), table.tHead.rows[0].cells[2].getAttribute('aria-sort')].join(' | ');
      """, on: try ReportFixture.load().report().text(.html))
    #expect(result == "base better alike | better base alike | alike base better | ascending")
  }

  @Test func namesWithNumbersSortByThem() throws {
    let names = ["rate=0.1", "rate=0.03", "rate=10", "other"]
    let facts = StudyFacts(name: "names", arms: names.map { ArmFacts($0) })
    let report = try StudyReport(facts, names.map { ArmResult($0, "val_accuracy", [[0.9], [0.8]]) })
    let result = try Browser.evaluate(
      """
      const table = document.querySelector('#results table');
      table.tHead.rows[0].cells[0].querySelector('button').click();
      return Array.from(table.tBodies[0].rows).map(row => row.cells[0].textContent).join(' ');
      """, on: try report.text(.html))
    #expect(result == "other rate=0.03 rate=0.1 rate=10")
  }

  /// 60 arms, each of them better than those before it.
  private func manyArms() throws -> StudyReport {
    let names = (0..<60).map { "arm \($0)" }
    let facts = StudyFacts(
      name: "many", arms: names.map { ArmFacts($0, baseline: $0 == "arm 0" ? nil : "arm 0") },
      seeds: Array(0..<14))
    return try StudyReport(
      facts,
      names.enumerated().map { index, name in
        ArmResult(
          name, "val_accuracy",
          (0..<14).map { seed in [0.1, 0.5 + Double(index) / 200 + Double(seed * (index % 7)) / 1e4] })
      })
  }

  @Test func manyArmsAreFoldedAndFound() throws {
    let result = try Browser.evaluate(
      """
      const table = document.querySelector('#results table');
      const tools = table.closest('.scroll').previousElementSibling;
      const [search, count, button] = tools.children;
      const shown = () => Array.from(table.tBodies[0].rows).filter(row => !row.hidden).map(row => row.cells[0].textContent);
      const told = () => shown().length + ' ' + shown()[0] + ' (' + count.textContent + ')';
      const texts = [told()];
      search.value = 'ARM 5';
      search.dispatchEvent(new Event('input'));
      texts.push(shown().join(','), String(button.hidden));
      search.value = '';
      search.dispatchEvent(new Event('input'));
      button.click();
      texts.push(told(), button.textContent);
      button.click();
      table.tHead.rows[0].cells[0].querySelector('button').click();
      texts.push(told());
      const list = document.querySelector('.verdicts');
      texts.push(Array.from(list.children).filter(row => row.offsetParent !== null).length + ' verdicts');
      texts.push(list.querySelector('h3').textContent);
      return texts.join(' | ');
      """, on: try manyArms().text(.html))
    let fifties = ["5"] + (50...59).map(String.init)
    let found = fifties.reversed().map { "arm \($0)" }.joined(separator: ",")
    // The axis below the verdicts stays.
    #expect(
      result
        == "25 arm 59 (25 of 60) | \(found) | true | 60 arm 59 (60 of 60) | Show fewer | 25 arm 0 (25 of 60) | 26 verdicts | arm 59"
    )
  }

  @Test func ofManyArmsTheBestAreDrawn() throws {
    let report = try manyArms()
    let html = try report.text(.html)
    #expect(html.contains("The best 12 of 60 arms.") && html.contains("The best 40 of 59."))
    #expect(html.contains("59 arms are better than arm 0."))
    // Twelve and their baseline, a few to a panel.
    #expect(html.components(separatedBy: "<figure>").count - 1 < 8)
    #expect(html.utf8.count < 500_000)
  }

  @Test func aPhoneScrollsNothingButTables() throws {
    let page = try ReportFixture.load().report().text(.html)
    let result = try Browser.evaluate(
      """
      return [document.documentElement.scrollWidth - document.documentElement.clientWidth,
        getComputedStyle(document.querySelector('figure .wide')).display,
        document.querySelectorAll('.command button').length].join(' ');
      """, on: page, width: 500)
    #expect(result == "0 none 1")
  }
}

/// Chromium without a window.
enum Browser {
  static let path = ["chromium", "chromium-browser", "google-chrome"].lazy.flatMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs the body of a function in a page, and returns what it returns.
  static func evaluate(_ script: String, on html: String, width: Int = 1200) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tanren-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appendingPathComponent("page.html")
    let probe = "<script>document.title = 'probe:' + (() => { \(script) })();</script></body>"
    try html.replacing("</body>", with: probe).write(to: page, atomically: true, encoding: .utf8)
    let browser = Process()
    browser.executableURL = URL(fileURLWithPath: path ?? "")
    browser.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=\(width),900", "--dump-dom",
      "--user-data-dir=\(folder.path)/profile", page.absoluteString,
    ]
    let output = Pipe()
    browser.standardOutput = output
    browser.standardError = FileHandle.nullDevice
    try browser.run()
    let document = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    browser.waitUntilExit()
    let title = document.firstMatch(of: #/<title>probe:(.*?)<\/title>/#)
    return title.map { String($0.1) } ?? "no title: \(document.prefix(200))"
  }
}
