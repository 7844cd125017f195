import Foundation
import TestSupport
import Testing

@testable import Studies

/// Searches by real processes of the `tanren` program, killed with SIGKILL at random moments.
@Suite(
  .tags(.process), .serialized, .enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"))
struct SearchKillTests {
  private let folder: TemporaryFolder
  private let plan: String
  private static let yaml = """
    seeds: 0..2
    base: {data: 'syntheticDigits(train: 200, test: 100)', model: 'mlp(hidden: [8])', batchSize: 20, epochs: 3}
    arms:
      sgd: {optimizer: sgd}
      adam: {optimizer: adam}
      sam: {gradientRule: sam}
    search:
      trials: 20
      space:
        optimizer.learningRate: log(1e-3, 1)
        gradientRule.rho: log(0.01, 1)
    """

  init() throws {
    folder = try TemporaryFolder()
    plan = folder("tuned.yml")
    try Self.yaml.write(toFile: plan, atomically: true, encoding: .utf8)
  }

  private func results(_ path: String) throws -> StudyResults {
    let store = try StudyStore(path, access: .read)
    return try store.results(of: store.study(nil))
  }

  /// Sixty trials and more lead to one verdict by one command; ten kills and a second worker change no bit of it.
  @Test(
    .timeLimit(.minutes(8)),
    arguments: [
      (20, "search.sampler=tpe(startup: 5, batch: 2)"), (9, "search.prune=halving"),
    ])
  func tenKillsChangeNothing(_ trials: Int, _ setting: String) throws {
    let words = ["study", "run", plan, "--quiet", "--threads", "1", "search.trials=\(trials)", setting]
    let reference = folder("reference.sqlite")
    try TanrenProgram.run(words + ["--workers", "1", "--store", reference])
    let store = folder("killed.sqlite")
    var generator = SystemRandomNumberGenerator()
    var kills = 0
    while kills < 10 {
      let process = try TanrenProgram.start(words + ["--workers", "2", "--store", store])
      let end = Date(timeIntervalSinceNow: .random(in: 0.1...1, using: &generator))
      while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.002) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .exit { break }
      kills += 1
    }
    try TanrenProgram.run(words + ["--workers", "2", "--store", store])
    let (first, second) = (try results(reference), try results(store))
    #expect(first.runs.count == 3 * (trials + 1) + 9)
    #expect(second.finalRuns.count == 9 && second.finalRuns.allSatisfy { $0.state == .done })
    #expect(StudyDiff(first, second).isEmpty, "\(StudyDiff(first, second))")
    #expect(first.runs.map(\.id) == second.runs.map(\.id) && first.runs.map(\.stage) == second.runs.map(\.stage))
    #expect(first.runs.map { $0.history.epochs.map(\.metrics) } == second.runs.map { $0.history.epochs.map(\.metrics) })
    let report = try StudyReport(second)
    #expect(report.arms.map(\.runs.count) == [3, 3, 3] && report.facts.arms.count == 3)
  }
}
