import Configuration
import Foundation
import Search
import TestSupport
import Testing

/// Samplers that don't look at results, against SciPy's and NumPy's draws.
@Suite(.tags(.unit)) struct SequenceTests {
  struct Sequences: Decodable {
    struct Case: Decodable {
      let name: String
      let scramble: Bool
      let dimensions: Int
      let seed: UInt64
      let trials: [Int]
      let points: [[Double]]
    }

    let cases: [Case]
  }

  private func space(_ dimensions: Int) throws -> SearchSpace {
    try SearchSpace((0..<dimensions).map { ("setting\($0)", LinearScale(0, 1)) })
  }

  /// Every digit is the same, whichever trial is asked for first.
  @Test func pointsAreTheReferences() throws {
    let cases = try Bundle.module.decodeFixture("sequences", as: Sequences.self).cases
    #expect(cases.count > 30)
    for row in cases {
      let options = row.name == "random" ? Options() : Options(["scramble": .flag(row.scramble)])
      let sampler = try Registry<any Sampler>.all.build(MethodSpec(row.name, options))
      #expect(!sampler.isAdaptive)
      for (trial, point) in zip(row.trials, row.points).reversed() {
        let drawn = try sampler.point(of: trial, in: space(row.dimensions), seed: row.seed, history: [])
        #expect(drawn == point, "\(row.name) \(row.dimensions) \(row.seed), trial \(trial)")
      }
    }
  }

  @Test func limitsAreReported() throws {
    #expect(throws: SearchError.tooManySettings(sampler: "sobol", limit: 64, found: 65)) {
      try SobolSampler().point(of: 0, in: space(65), seed: 0, history: [])
    }
    #expect(throws: SearchError.tooManySettings(sampler: "halton", limit: 100, found: 101)) {
      try HaltonSampler().point(of: 0, in: space(101), seed: 0, history: [])
    }
    #expect(throws: SearchError.tooManyTrials(sampler: "sobol", limit: 1 << 30, trial: 1 << 30)) {
      try SobolSampler().point(of: 1 << 30, in: space(2), seed: 0, history: [])
    }
    #expect(throws: SearchError.self) { try RandomSampler().point(of: -1, in: space(2), seed: 0, history: []) }
    #expect(try RandomSampler().point(of: .max, in: space(2), seed: 0, history: []).count == 2)
    #expect(try HaltonSampler().point(of: .max, in: space(2), seed: 0, history: []).allSatisfy { $0 < 1 })
  }

  /// A scrambled point is uniform over seeds, and no two seeds share their points.
  @Test(arguments: ["halton", "sobol", "random"]) func seedsGiveOtherPoints(_ name: String) throws {
    let sampler = try Registry<any Sampler>.all.build(MethodSpec(name))
    let space = try space(2)
    let first = try (0..<UInt64(400)).map { try sampler.point(of: 3, in: space, seed: $0, history: [])[1] }
    #expect(Set(first).count > 390)
    let mean = first.reduce(0, +) / 400
    #expect(abs(mean - 0.5) < 0.06)
  }
}
