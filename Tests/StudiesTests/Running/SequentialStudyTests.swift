import Foundation
import TestSupport
import Testing

@testable import Studies

/// Studies whose seeds are trained until their comparisons are decided.
@Suite(.tags(.process, .slow), .serialized) struct SequentialStudyTests {
  private let folder: TemporaryFolder
  private static let yaml = """
    seeds: until decided (at most 10)
    margin: 0.25
    base: {data: 'syntheticDigits(train: 200, test: 100)', model: 'mlp(hidden: [8])', batchSize: 20, epochs: 6}
    arms:
      sgd: {optimizer: 'sgd(learningRate: 0.1)'}
      slow: {optimizer: 'sgd(learningRate: 0.00001)'}
      alike: {optimizer: 'sgd(learningRate: 0.1001)'}
    """

  init() throws { folder = try TemporaryFolder() }

  private func plan(margin: Double? = 0.25) throws -> StudyPlan {
    var plan = try StudyPlan(yaml: Self.yaml, source: "tiny.yml", name: "tiny")
    plan.margin = margin
    return plan
  }

  private func runner(_ name: String, _ vectorization: Vectorization = .off) throws -> StudyRunner {
    var runner = StudyRunner(try StudyStore(folder(name)))
    runner.vectorization = vectorization
    return runner
  }

  @Test func aStudyEndsOnceItIsDecided() throws {
    let results = try runner("store.sqlite").run(plan())
    let report = try StudyReport(results)
    #expect(report.comparisons.map(\.verdict.finding) == [.worse, .equivalent])
    #expect(report.comparisons.allSatisfy { $0.comparison.looks == $0.comparison.usableSeeds - 6 })
    let counts = results.study.counts
    #expect(counts.done == counts.total && counts.expected == 0 && counts.total < 30)
    #expect(report.missingRuns == 0)
    let sentence = try #require(report.sequentialSummary)
    #expect(sentence.hasPrefix("Sequential: seeds until decided, at most 10, first look after 7; "))
    #expect(sentence.hasSuffix("2 of 2 comparisons decided."))
    for format in [ReportFormat.markdown, .html] {
      let text = try report.text(format)
      #expect(text.contains("first look after 7"), "\(format)")
      #expect(text.contains("at most 10 seeds)"), "\(format)")
      #expect(text.contains("all looks together"), "\(format)")
    }
    #expect(try report.text(.json).contains("\"sequential\""))
    // Without a margin the arms that are alike are trained to the end.
    var open = try plan(margin: nil)
    open.name = "open"
    let longer = try runner("store.sqlite").run(open)
    #expect(longer.runs.filter { $0.arm == "alike" }.count == 10)
    #expect(longer.runs.filter { $0.arm == "sgd" }.count == 10)
    #expect(longer.runs.filter { $0.arm == "slow" }.count == results.runs.filter { $0.arm == "slow" }.count)
    let verdict = try StudyReport(longer).comparisons[1].verdict
    #expect(verdict.finding == .notDistinguishable)
    #expect(verdict.sentence().contains("the most that were planned"))
  }

  @Test func wordsOfTheCommandSaySo() throws {
    guard TanrenProgram.exists else { return }
    let file = folder("tiny.yml")
    try Self.yaml.write(toFile: file, atomically: true, encoding: .utf8)
    let store = ["--store", folder("words.sqlite")]
    let planned = try TanrenProgram.run(["study", "plan", file] + store)
    #expect(planned.contains("until decided (at most 10), first look after 7, equivalent within ±0.25"))
    #expect(planned.contains("21 runs, and up to 9 more that follow from their results"))
    try TanrenProgram.run(["study", "run", file, "--quiet", "--workers", "1"] + store)
    let shown = try TanrenProgram.run(["study", "show", "tiny"] + store)
    #expect(shown.contains("Sequential: seeds until decided, at most 10, first look after 7; "))
    let bad = try TanrenProgram.end(["study", "run", file, "seeds=until decided (at most 3)"] + store)
    #expect(bad.status != 0 && bad.errors.contains("'at most' is 3, but must be 7 or more"))
  }

  @Test(
    .timeLimit(.minutes(5)), .enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"),
    arguments: [["--workers", "1"], ["--workers", "2"], ["--vectorize", "on"]])
  func killsChangeNothing(_ way: [String]) throws {
    let file = folder("tiny.yml")
    try Self.yaml.replacing("epochs: 6", with: "epochs: 10").write(toFile: file, atomically: true, encoding: .utf8)
    let words = ["study", "run", file, "--quiet"] + way + ["--store"]
    // The reference has one worker, whatever the other has.
    let alone = ["study", "run", file, "--quiet", "--workers", "1", "--threads", "1", "--store"]
    try TanrenProgram.run((way.contains("on") ? words : alone) + [folder("reference.sqlite")])
    let store = folder("killed.sqlite")
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<3 {
      let process = try TanrenProgram.start(words + [store])
      let end = Date(timeIntervalSinceNow: .random(in: 0.2...1.5, using: &generator))
      while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.002) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try TanrenProgram.run(words + [store])
    func results(_ path: String) throws -> StudyResults {
      let opened = try StudyStore(path, access: .read)
      return try opened.results(of: opened.study(nil))
    }
    let (reference, killed) = (try results(folder("reference.sqlite")), try results(store))
    #expect(reference.runs.map(\.id) == killed.runs.map(\.id))
    #expect(StudyDiff(reference, killed).isEmpty)
  }

  @Test(.enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"))
  func calibrationComparesAnArmWithItself() throws {
    let file = folder("tiny.yml")
    try Self.yaml.replacing("epochs: 6", with: "epochs: 1").write(toFile: file, atomically: true, encoding: .utf8)
    let words = ["study", "calibrate", file, "--store", folder("calibration.sqlite"), "--quiet", "--vectorize", "on"]
    let text = try TanrenProgram.run(words + ["--comparisons", "3", "--seeds", "7", "--arm", "alike"])
    #expect(text.contains("alike compared with itself by val_accuracy, alpha 5.0%"))
    #expect(text.contains("7 seeds, one look") && text.contains("until decided (first 6, at most 7)"))
    let store = try StudyStore(folder("calibration.sqlite"), access: .read)
    #expect(try store.study(named: "tiny-calibration").counts.done == 42)
    let few = try TanrenProgram.end(words + ["--seeds", "5"])
    #expect(few.status != 0 && few.errors.contains("6 or more to decide a comparison at 0.05"))
    let unknown = try TanrenProgram.end(words + ["--arm", "alik"])
    #expect(unknown.status != 0 && unknown.errors.contains("alike"))
  }
}
