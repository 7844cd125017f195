import Foundation
import Reports
import TestSupport
import Testing

@Suite(.tags(.unit)) struct ReportFormatTests {
  @Test func summaryHasARowAnArm() throws {
    let fixture = try ReportFixture.load()
    let lines = try fixture.report().text(.csv).components(separatedBy: "\r\n")
    let header = lines[0].components(separatedBy: ",")
    #expect(lines.count == 5)
    let row = lines[2].components(separatedBy: ",")
    #expect(row.count == header.count)
    func field(_ name: String) throws -> String { row[try #require(header.firstIndex(of: name))] }
    let mean = try #require(fixture.expected.arms["better"]?.mean)
    #expect(abs(try #require(Double(try field("last_mean"))) - mean) < 1e-12)
    #expect(try field("arm") == "better")
    #expect(try field("p_holm") == "0.015625")
    #expect(try field("verdict") == "better")
    // A baseline is compared with nothing.
    #expect(lines[1].components(separatedBy: ",").filter(\.isEmpty).count == 11)
  }

  @Test func longTableHasARowAValue() throws {
    let lines = try ReportFixture.load().report().text(.csvRuns).components(separatedBy: "\r\n")
    #expect(lines[0] == "arm,seed,epoch,metric,value")
    #expect(lines.count == 1 + 3 * 8 * 6 * 2 + 1)
    #expect(lines.contains { $0.hasPrefix("base,3,1,val_accuracy,0.") })
  }

  @Test func jsonHasStableKeys() throws {
    let report = try ReportFixture.load().report()
    let text = try report.text(.json)
    #expect(try report.text(.json) == text)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == ["arms", "comparisons", "facts", "format", "metrics", "options", "published", "sweeps"])
    #expect(object["format"] as? Int == 2)
    let arms = try #require(object["arms"] as? [[String: Any]])
    #expect(
      Set(arms[0].keys) == ["best", "cost", "curves", "last", "name", "runs", "targets"])
    let run = try #require((arms[0]["runs"] as? [[String: Any]])?.first)
    #expect(
      Set(run.keys).isSuperset(of: [
        "best", "bestEpoch", "epochs", "firstEpochs", "gradientEvaluations", "isDiverged", "last", "metrics", "seconds",
        "seed", "steps",
      ]))
  }

  @Test func jsonTellsWhatIsNoNumber() throws {
    let report = try StudyReport(
      StudyFacts(name: "lost", arms: [ArmFacts("a")]), [ArmResult("a", "val_accuracy", [[0.5, .nan]])])
    #expect(try report.text(.json).contains("\"last\" : \"nan\""))
  }

  @Test func markdownHasVerdictsAndTables() throws {
    let text = try ReportFixture.load().report().text(.markdown)
    #expect(text.hasPrefix("# Three arms\n\nbetter is better than base."))
    #expect(text.contains("- better is better than base: difference +0.43 ± 0.11 percentage points, p = 0.016"))
    #expect(text.contains("| base | 8 | 96.97 ± 0.15% |"))
    #expect(text.contains("```sh\ntanren study run plan.yml\n```"))
  }

  @Test func latexIsEscaped() throws {
    let facts = StudyFacts(name: "tex", arms: [ArmFacts("a_1 & {50%}"), ArmFacts("b", baseline: "a_1 & {50%}")])
    let report = try StudyReport(facts, facts.arms.map { ArmResult($0.name, "val_accuracy", [[0.5], [0.6]]) })
    let text = try report.text(.latex)
    #expect(text.contains("a\\_1 \\& \\{50\\%\\}"))
    #expect(text.contains("\\toprule") && text.contains("\\begin{table}"))
    #expect(!text.contains("a_1 &"))
  }

  @Test func terminalStaysInItsColumns() throws {
    let report = try ReportFixture.load().report()
    let text = try report.text(.terminal)
    #expect(!text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.contains("96.97 ± 0.15%"))
    let withChart = TerminalReport(report).text(chart: true)
    #expect(withChart.contains("epoch") && withChart.contains("\nTest accuracy\n"))
  }

  @Test(arguments: ReportFormat.allCases) func aSingleRunIsEnough(_ format: ReportFormat) throws {
    let report = try StudyReport(
      StudyFacts(name: "one", arms: [ArmFacts("a")]), [ArmResult("a", "val_accuracy", [[0.5]])])
    #expect(try !report.text(format).isEmpty)
    #expect(report.headline == "a: 50.00%.")
  }

  @Test(arguments: ReportFormat.allCases) func nothingButDivergedRuns(_ format: ReportFormat) throws {
    let report = try StudyReport(
      StudyFacts(
        name: "lost", arms: [ArmFacts("a"), ArmFacts("b", baseline: "a"), ArmFacts("never", baseline: "a")],
        targets: [0.5]),
      ["a", "b"].map { ArmResult($0, "val_accuracy", [[.nan, .infinity], [.nan, -.infinity]]) })
    #expect(try !report.text(format).isEmpty)
  }
}
