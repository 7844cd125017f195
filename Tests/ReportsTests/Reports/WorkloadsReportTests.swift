import Foundation
import Reports
import TestSupport
import Testing

/// Reports of studies with several workloads.
@Suite(.tags(.unit)) struct WorkloadsReportTests {
  private static let names = ["base", "fast", "double"]

  private static var facts: StudyFacts {
    var facts = StudyFacts(
      name: "two", title: "Two workloads", arms: [], seeds: [0, 1, 2], command: "tanren study run two.yml")
    for workload in ["digits", "sine"] {
      for name in names {
        var arm = ArmFacts(
          "\(name) \(workload)", baseline: name == "base" ? nil : "base \(workload)",
          settings: [ReportSetting("optimizer", name)], evaluationsPerStep: name == "double" ? 2 : 1)
        arm.workload = WorkloadPlace(workload, label: name)
        facts.arms.append(arm)
      }
    }
    facts.workloads = [
      WorkloadFacts(
        "digits", metric: PrimaryMetric("val_accuracy"), target: 0.9, settings: [ReportSetting("data", "mnist")]),
      WorkloadFacts("sine", metric: PrimaryMetric("val_loss"), target: 0.1),
    ]
    return facts
  }

  /// On the digits base takes 3, 3 and 4 epochs of 100 steps, fast 1, 2 and 2, double 2 (and misses twice); on the sine
  /// base takes 1, fast misses and double takes 1 of twice the cost.
  private static var results: [ArmResult] {
    func accuracy(_ first: Int) -> [Double] { (1...4).map { $0 >= first ? 0.95 : 0.5 + 0.01 * Double($0) } }
    func loss(_ first: Int) -> [Double] { (1...4).map { $0 >= first ? 0.05 : 0.5 } }
    return [
      ArmResult("base digits", "val_accuracy", [accuracy(3), accuracy(3), accuracy(4)]),
      ArmResult("fast digits", "val_accuracy", [accuracy(1), accuracy(2), accuracy(2)]),
      ArmResult("double digits", "val_accuracy", [accuracy(2), accuracy(9), accuracy(9)]),
      ArmResult("base sine", "val_loss", [loss(1), loss(1), loss(1)]),
      ArmResult("fast sine", "val_loss", [loss(9), loss(9), loss(9)]),
      ArmResult("double sine", "val_loss", [loss(1), loss(1), loss(1)]),
    ]
  }

  private func report() throws -> StudyReport { try StudyReport(Self.facts, Self.results) }

  @Test func timesAreGradientEvaluationsAndTheirMedians() throws {
    let found = try #require(try report().workloads)
    #expect(found.workloads.map(\.name) == ["digits", "sine"])
    let digits = found.workloads[0].times
    #expect(digits["base"]?.gradients == 300 && digits["base"]?.seconds == 3 && digits["base"]?.missed == 0)
    #expect(digits["fast"]?.gradients == 200)
    #expect(digits["double"]?.gradients == .infinity && digits["double"]?.missed == 2)
    let sine = found.workloads[1].times
    #expect(sine["base"]?.gradients == 100 && sine["double"]?.gradients == 200 && sine["double"]?.seconds == 1)
    #expect(sine["fast"]?.gradients == .infinity && sine["fast"]?.missed == 3)
  }

  /// The areas by hand: base is 1.5 and 1 times the best, fast 1 and never, double never and 2.
  @Test func profilesAndScores() throws {
    let found = try #require(try report().workloads)
    #expect(found.arms == Self.names)
    #expect(found.profile.ratios["base"] == ["digits": 1.5, "sine": 1])
    #expect(found.profile.ratios["double"] == ["digits": .infinity, "sine": 2])
    let expected = ["base": (2.5 + 3) / 6, "fast": 3.0 / 6, "double": 2.0 / 6]
    for (name, score) in expected { #expect(abs(try #require(found.scores[name]) - score) < 1e-12) }
    #expect(found.ranking == ["base", "fast", "double"])
    #expect(found.reached("base") == 2 && found.reached("fast") == 1)
  }

  /// Each workload has its own comparisons, adjusted for their number there, by its own metric.
  @Test func comparisonsAreThoseOfEachWorkload() throws {
    let report = try report()
    let workloads = try #require(report.workloads).workloads
    #expect(report.comparisons.isEmpty && report.arms.isEmpty)
    for workload in workloads {
      #expect(workload.report.comparisons.map(\.candidate) == ["fast", "double"])
      #expect(workload.report.comparisons.allSatisfy { $0.baseline == "base" })
    }
    let alone = try StudyReport(
      StudyFacts(
        name: "alone",
        arms: [ArmFacts("base"), ArmFacts("fast", baseline: "base"), ArmFacts("double", baseline: "base")],
        metric: PrimaryMetric("val_loss"), seeds: [0, 1, 2], targets: [0.1]),
      zip(Self.names, Self.results[3...]).map { ArmResult(Arm($0, [String: String]()), runs: $1.runs) })
    #expect(alone.comparisons == workloads[1].report.comparisons)
    #expect(workloads[0].report.arms[0].last?.mean == 0.95)
  }

  @Test func everyFormatHasTheWorkloads() throws {
    let report = try report()
    let html = try report.text(.html)
    for part in ["id=\"profiles\"", "id=\"workload-digits\"", "id=\"workload-sine\"", ">missed<", "2 of 3", "0.92"] {
      #expect(html.contains(part), "\(part)")
    }
    #expect(report.headline.hasPrefix("Soonest at the targets of 2 workloads"))
    #expect(report.headline.contains("base (0.92), fast (0.50) and double (0.33)"))
    let markdown = try report.text(.markdown)
    #expect(markdown.contains("| base | **0.92** | 2 of 2 | 1.50 | 1.00 |"))
    #expect(markdown.contains("## sine") && markdown.contains("`data=mnist`"))
    let terminal = try report.text(.terminal)
    #expect(terminal.contains("0.92") && terminal.contains("sine"))
    #expect(try report.text(.latex).contains("tab:workload-digits"))
  }

  @Test func tablesForPrograms() throws {
    let report = try report()
    let lines = try report.text(.csv).components(separatedBy: "\r\n")
    let header = lines[0].components(separatedBy: ",")
    #expect(lines.count == 8)
    let row = lines[3].components(separatedBy: ",")
    #expect(row.count == header.count)
    func field(_ name: String) throws -> String { row[try #require(header.firstIndex(of: name))] }
    #expect(try (field("workload"), field("arm"), field("missed"), field("ratio")) == ("digits", "double", "2", "inf"))
    let runs = try report.text(.csvRuns).components(separatedBy: "\r\n")
    #expect(runs[0] == "workload,arm,seed,epoch,metric,value")
    #expect(runs.contains("sine,base,0,1,val_loss,0.05"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.text(.json).utf8)) as? [String: Any])
    let workloads = try #require(object["workloads"] as? [String: Any])
    #expect((workloads["scores"] as? [String: Double])?["fast"] == 0.5)
  }

  /// While a study runs, workloads without results are named and the others compared.
  @Test func unfinishedWorkloadsAreNamed() throws {
    let report = try StudyReport(Self.facts, Array(Self.results.prefix(2)))
    let found = try #require(report.workloads)
    #expect(found.missing == ["sine"] && found.workloads.map(\.name) == ["digits"])
    #expect(found.profile.ratios["double"]?["digits"] == .infinity)
    for format in ReportFormat.allCases { #expect(try !report.text(format).isEmpty) }
    #expect(try report.text(.html).contains("No results yet: sine."))
  }

  @Test func aMarginIsRefused() throws {
    let error = #expect(throws: ReportError.self) { try StudyReport(Self.facts, Self.results, margin: 0.01) }
    #expect(error == .marginOfWorkloads(study: "two"))
  }
}
