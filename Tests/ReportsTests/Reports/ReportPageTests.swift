import Foundation
import Reports
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite(.tags(.unit)) struct ReportPageTests {
  static let hostile = "</title><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>]]>\u{0}"

  private var hostileReport: StudyReport {
    get throws {
      let name = Self.hostile
      let facts = StudyFacts(
        name: name, title: name,
        arms: [
          ArmFacts("base", settings: [ReportSetting(name, name)]),
          ArmFacts(name, baseline: "base", published: [PublishedValue(.last(metric: "val_\(name)"), 0.5)]),
        ], metric: PrimaryMetric("val_\(name)"), seeds: [0, 1, 2], targets: [0.1], command: name, plan: name,
        environment: [EnvironmentFact(name, name)], failures: [RunFailure(arm: name, seed: 2, message: name)],
        notes: [name])
      return try StudyReport(
        facts, ["base", name].map { ArmResult($0, "val_\(name)", [[0.5, 0.4], [0.6, .nan]]) })
    }
  }

  @Test func numbersAreInThePage() throws {
    let page = try PageText(try ReportFixture.load().report().text(.html)).text
    for number in ["96.97%", "± 0.15", "97.40%", "+0.43", "[+0.33, +0.54]", "0.0078", "0.016", "0.42", "−0.04", "0.97"]
    {
      #expect(page.contains(number) as Bool, "\(number) is missing")
    }
    #expect(page.contains("better is better than base. alike is not distinguishable from base."))
    #expect(page.contains("tanren study run plan.yml"))
    #expect(page.contains("a machine & its core"))
  }

  @Test func targetsAreComparedSeedBySeed() throws {
    let html = try ReportFixture.load().report().text(.html)
    let counts = [6, 0, 2].map { "<td class=\"number\" data-key=\"\($0).0\">\($0)</td>" }.joined()
    // Six seeds of six: twice 2⁻⁶.
    #expect(html.contains(counts + "<td class=\"number\" data-key=\"0.031") && html.contains("\">0.031</td>"))
    let facts = StudyFacts(name: "s", arms: [ArmFacts("a"), ArmFacts("b", baseline: "a")], targets: [0.99])
    let unreached = try StudyReport(
      facts, ["a", "b"].map { ArmResult($0, "val_accuracy", [[0.5, 0.6], [0.5, 0.7]]) })
    #expect(try !unreached.text(.html).contains("id=\"targets\""))
  }

  /// A curve of one seed is no mean and has no interval.
  @Test func curvesOfOneSeed() throws {
    let facts = StudyFacts(
      name: "s", title: "S", arms: [ArmFacts("base")], metric: PrimaryMetric("val_accuracy"), seeds: [0], command: "c",
      plan: "p")
    let page = { (runs: [[Double]]) in
      try PageText(StudyReport(facts, [ArmResult("base", "val_accuracy", runs)]).text(.html)).text
    }
    let (one, two) = try (page([[0.5, 0.6]]), page([[0.5, 0.6], [0.4, 0.6]]))
    #expect(one.contains("One seed per arm.") && !one.contains("as a band"))
    #expect(two.contains("as a band") && !two.contains("One seed per arm."))
  }

  @Test func pageIsWellFormed() throws {
    _ = try PageText(try ReportFixture.load().report().text(.html))
    _ = try PageText(try hostileReport.text(.html))
  }

  @Test func namesStayNames() throws {
    let html = try hostileReport.text(.html)
    let page = try PageText(html)
    // One script of the page's own; what names bring is text.
    #expect(page.elements["script"] == 1)
    #expect(page.elements["img"] == nil)
    #expect(page.elements["title"] ?? 0 >= 1)
    #expect(!html.contains("<script>alert"))
    #expect(page.text.contains("</title><script>alert(1)</script>"))
  }

  @Test func nothingIsFetched() throws {
    let html = try ReportFixture.load().report().text(.html)
    let page = try PageText(html)
    let addresses = page.attributes.filter { ["src", "href", "action", "srcset", "xlink:href"].contains($0.name) }
    #expect(addresses.allSatisfy { $0.value.hasPrefix("#") })
    #expect(!addresses.isEmpty)
    let outside = html.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!outside.contains("http://") && !outside.contains("https://"))
    #expect(!outside.contains("url(") && !outside.contains("@import"))
  }

  @Test func everySectionLinkedIsThere() throws {
    let page = try PageText(try ReportFixture.load().report().text(.html))
    let ids = page.attributes.filter { $0.name == "id" }.map(\.value)
    let links = page.attributes.filter { $0.name == "href" }.map { String($0.value.dropFirst()) }
    #expect(Set(links).isSubset(of: ids))
    #expect(Set(ids).count == ids.count)
  }
}

/// The text of a page between its tags, and what tags there are.
final class PageText: NSObject, XMLParserDelegate {
  private(set) var text = ""
  private(set) var elements: [String: Int] = [:]
  private(set) var attributes: [(name: String, value: String)] = []

  /// - Throws: the parser's error where the page isn't well-formed XML.
  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.formatting) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    self.attributes += attributes.map { ($0.key, $0.value) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
