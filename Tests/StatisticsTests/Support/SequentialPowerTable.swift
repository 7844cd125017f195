import Foundation

@testable import Statistics

/// How often, and after how many seeds, sequential tests of symmetric differences find a difference: the tables of
/// docs/statistics.md.
struct SequentialPowerTable {
  let studies: Int
  private let alpha = 0.05
  private let maximum = 40

  /// The tables as Markdown: "power, mean seeds" of each test, and the seeds with which the fixed
  /// design has the power of the first test, or 95 %.
  func text() throws -> String {
    let design = try SequentialDesign(maximum: maximum, first: nil, alpha: alpha, comparisons: 1)
    let tests: [(name: String, stop: ([Double]) -> Int?)] = [
      ("sign flips, spending α·k/N", { SequentialRivals.chosen($0, design: design, alpha: alpha) }),
      ("Pocock-like spending", { group($0) { log(1 + (M_E - 1) * $0) } }),
      (
        "O’Brien–Fleming-like",
        { group($0) { 2 * StandardNormal.upperTail(-StandardNormal.quantile(0.025) / $0.squareRoot()) / 0.05 } }
      ),
      ("exp(λx)/cosh(λx)", { stop(SequentialRivals.exactMixture(SequentialRivals.scaled($0))) }),
      ("signed ranks", { stop(SequentialRivals.exactMixture(SequentialRivals.ranked($0))) }),
      ("bets on signs", { stop(SequentialRivals.signs($0)) }),
      ("de la Peña", { stop(SequentialRivals.normalMixture(SequentialRivals.scaled($0), variance: 1)) }),
    ]
    var lines = [
      "| differences | effect | \(tests.map(\.name).joined(separator: " | ")) | fixed design |",
      "|---|---|" + String(repeating: "---|", count: tests.count + 1),
    ]
    for kind in [SimulatedDifferences.normal, .heavyTailed, .discrete, .skewed] {
      for effect in [0, 0.5, 1, 1.5, 2] {
        var draws = NormalDraws(40)
        let samples = (0..<studies).map { _ in kind.take(maximum, effect: effect, from: &draws) }
        let results = tests.map { test in samples.map { test.stop($0) } }
        let cells = results.map { stops in
          let seeds = stops.reduce(0) { $0 + ($1 ?? maximum) }
          return "\(percent(stops)), \(String(format: "%.1f", Double(seeds) / Double(studies)))"
        }
        // The last few percent are found by chance alone.
        let found = min(results[0].count { $0 != nil }, studies * 95 / 100)
        let fixed = effect == 0 ? "" : try fixedSeeds(finding: found, in: samples).map { "\($0)" } ?? "more than 40"
        lines.append("| \(kind.rawValue) | \(effect) | \(cells.joined(separator: " | ")) | \(fixed) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func percent(_ stops: [Int?]) -> String {
    String(format: "%.1f %%", 100 * Double(stops.count { $0 != nil }) / Double(studies))
  }

  private func stop(_ logs: [Double]) -> Int? { SequentialRivals.stop(logs, alpha: alpha) }

  private func group(_ differences: [Double], _ spending: (Double) -> Double) -> Int? {
    SequentialRivals.groupSequential(differences, maximum: maximum, first: 6, alpha: alpha, spending: spending)
  }

  /// The fewest seeds with which the sign-flip test finds as many, by one look at the end.
  private func fixedSeeds(finding count: Int, in samples: [[Double]]) throws -> Int? {
    try (6...maximum).first { seeds in
      let design = try SequentialDesign(maximum: seeds, first: seeds)
      let found = samples.count { SequentialRivals.chosen(Array($0[..<seeds]), design: design, alpha: alpha) != nil }
      return found >= count
    }
  }
}
