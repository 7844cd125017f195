import Foundation
import TestSupport
import Testing

@testable import Studies

/// Searches by real processes of the `tanren` program, killed with SIGKILL at random moments.
@Suite(
  .tags(.process), .serialized, .enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"))
struct SearchKillTests {
  private let study: KilledStudies
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

  init() throws { study = try KilledStudies("tuned.yml", yaml: Self.yaml) }

  /// Sixty trials and more lead to one verdict by one command; ten kills and a second worker change no bit of it.
  @Test(
    .timeLimit(.minutes(8)),
    arguments: [
      (20, "search.sampler=tpe(startup: 5, batch: 2)"), (9, "search.prune=halving"),
    ])
  func tenKillsChangeNothing(_ trials: Int, _ setting: String) throws {
    let words = ["study", "run", study.plan, "--quiet", "--threads", "1", "search.trials=\(trials)", setting]
    let reference = study.folder("reference.sqlite")
    try TanrenProgram.run(words + ["--workers", "1", "--store", reference])
    let store = study.folder("killed.sqlite")
    for _ in 0..<10 {
      if try study.endsBeforeItIsKilled(words + ["--workers", "2", "--store", store], within: 0.1...1) { break }
    }
    try TanrenProgram.run(words + ["--workers", "2", "--store", store])
    let (first, second) = (try study.results(reference), try study.results(store))
    #expect(first.runs.count == 3 * (trials + 1) + 9)
    #expect(second.finalRuns.count == 9 && second.finalRuns.allSatisfy { $0.state == .done })
    study.expectEqual(first, second)
    #expect(first.runs.map(\.id) == second.runs.map(\.id) && first.runs.map(\.stage) == second.runs.map(\.stage))
    let report = try StudyReport(second)
    #expect(report.arms.map(\.runs.count) == [3, 3, 3] && report.facts.arms.count == 3)
  }
}
