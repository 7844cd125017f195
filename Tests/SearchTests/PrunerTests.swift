import Configuration
import Foundation
import Search
import TestSupport
import Testing

/// Promotions on recorded curves, against Optuna's.
@Suite(.tags(.unit)) struct PrunerTests {
  struct Recorded: Decodable {
    struct Group: Decodable {
      let trials, rungs: [Int]
      let promoted: [[Int]]
    }

    struct Case: Decodable {
      let epochs, reduction, first: Int
      let curves: [[Double?]]
      let rungs: [Int]
      let halving: [[Int]]
      let hyperband: [Group]
      let shares: [Int]

      var losses: [[Double]] { curves.map { $0.map { $0 ?? .nan } } }
    }

    let cases: [Case]
  }

  private func cases() throws -> [Recorded.Case] {
    try Bundle.module.decodeFixture("pruning", as: Recorded.self).cases
  }

  /// The trials that go on from each rung but the last.
  private func promotions(_ bracket: Bracket, _ curves: [[Double]]) -> [[Int]] {
    var going = bracket.trials
    return bracket.rungs.dropLast().enumerated().map { rung, epoch in
      going = bracket.promoted(
        from: rung, losses: Dictionary(uniqueKeysWithValues: going.map { ($0, curves[$0][epoch - 1]) }))
      return going
    }
  }

  @Test func halvingPromotesWhatOptunaPromotes() throws {
    for row in try cases() {
      let pruner = HalvingPruner(reduction: row.reduction, first: row.first)
      let brackets = try pruner.brackets(trials: row.curves.count, epochs: row.epochs)
      #expect(brackets.count == 1)
      #expect(brackets[0].rungs == row.rungs + [row.epochs])
      #expect(promotions(brackets[0], row.losses) == row.halving)
      let trained = try pruner.epochsTrained(curves: row.losses, epochs: row.epochs)
      for (trial, epochs) in trained.enumerated() {
        let rung = row.halving.count { $0.contains(trial) }
        #expect(epochs == (row.rungs + [row.epochs])[rung])
      }
    }
  }

  /// Optuna assigns trials to brackets at random; within a bracket it decides as we do.
  @Test func hyperbandPromotesWhatOptunaPromotes() throws {
    for row in try cases() {
      let pruner = HyperbandPruner(reduction: row.reduction, first: row.first)
      let brackets = try pruner.brackets(trials: row.shares.reduce(0, +), epochs: row.epochs)
      #expect(brackets.map(\.trials.count) == row.shares)
      for group in row.hyperband {
        let rungs = group.rungs + [row.epochs]
        #expect(brackets.contains { $0.rungs == rungs })
        let bracket = Bracket(trials: group.trials, rungs: rungs, reduction: row.reduction)
        #expect(promotions(bracket, row.losses) == group.promoted)
      }
    }
  }

  @Test func everyTrialIsInOneBracket() throws {
    for trials in [1, 2, 3, 7, 20, 100] {
      for pruner in [NoPruner(), HalvingPruner(), HyperbandPruner(reduction: 4, first: 2)] as [any Pruner] {
        let brackets = try pruner.brackets(trials: trials, epochs: 50)
        #expect(brackets.flatMap(\.trials) == Array(0..<trials))
        for bracket in brackets {
          #expect(bracket.rungs.last == 50)
          #expect(bracket.rungs == Set(bracket.rungs).sorted())
        }
      }
    }
  }

  @Test func someTrialTrainsToTheEnd() throws {
    let flat = [[Double]](repeating: [Double](repeating: 1, count: 9), count: 20)
    // Equal trials: those with lesser numbers go on, so that the budget is kept.
    let trained = try HalvingPruner().epochsTrained(curves: flat, epochs: 9)
    #expect(trained == [9, 9] + [Int](repeating: 3, count: 4) + [Int](repeating: 1, count: 14))
    #expect(try NoPruner().epochsTrained(curves: flat, epochs: 9) == [Int](repeating: 9, count: 20))
    // Two trials are fewer than a reduction, and one goes on.
    #expect(try HalvingPruner().epochsTrained(curves: [[2, 2], [1, 1]], epochs: 2) == [1, 2])
    // Where all diverged, none goes on.
    #expect(try HalvingPruner().epochsTrained(curves: [[.nan], [.infinity], []], epochs: 9) == [1, 1, 1])
  }

  @Test func mistakesAreReported() throws {
    #expect(throws: SearchError.noTrials) { try HalvingPruner().brackets(trials: 0, epochs: 9) }
    #expect(throws: SearchError.noTrials) { try NoPruner().brackets(trials: 0, epochs: 9) }
    #expect(throws: SearchError.firstTooLate(first: 9, epochs: 9)) {
      try HalvingPruner(first: 9).brackets(trials: 9, epochs: 9)
    }
    #expect(throws: SearchError.firstTooLate(first: 1, epochs: 1)) {
      try HyperbandPruner().brackets(trials: 9, epochs: 1)
    }
    #expect(throws: ConfigurationError.self) {
      try Registry<any Pruner>.all.build(MethodSpec(parsing: "halving(reduction: 1)"))
    }
  }
}
