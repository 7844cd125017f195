import Foundation
import TestSupport
import Testing

@testable import Statistics

/// What `Fixtures/generate_statistics.py` writes.
struct StatisticsFixtures: Decodable {
  struct Student: Decodable {
    struct Tail: Decodable { let df, t, tail: Double }
    let tails, quantiles: [Tail]
  }

  struct Normal: Decodable { let z, tail: Double }

  struct Summary: Decodable {
    let values, quartiles, interval90: [Double]
    let mean, sd: Double
  }

  struct Paired: Decodable {
    let name: String
    let candidate, baseline, interval, percentile, bca: [Double]
    let t, tP, signFlipP, wilcoxonP, wilcoxon, equivalenceP, margin, effect, improvement, share: Double
  }

  struct Unpaired: Decodable {
    let name: String
    let candidate, baseline, interval, bca: [Double]
    let u, p, t, df, tP, effect: Double
  }

  struct Adjusted: Decodable { let p, adjusted: [Double] }

  struct Seeds: Decodable {
    let effect, alpha: Double
    let design: String
    let seeds: Int
  }

  struct Sign: Decodable {
    let wins, losses: Int
    let p: Double
  }

  struct Target: Decodable {
    let name: String
    let candidate, baseline: [[Int]]
    let remaining: [[Double]]
    let restrictedMean: Double
    let logRank, logRankP: Double?
  }

  struct Bits: Decodable {
    let key: [UInt64]
    let firstBlock: UInt64
    let bits: [String]
  }

  let t: Student
  let normal: [Normal]
  let summaries: [Summary]
  let paired: [Paired]
  let unpaired: [Unpaired]
  let adjusted: [Adjusted]
  let seeds: [Seeds]
  let sign: [Sign]
  let targets: [Target]
  let random: Bits

  static func read() throws -> StatisticsFixtures {
    try Bundle.module.decodeFixture("statistics")
  }
}

/// Whether two numbers agree to `tolerance`, relative to the expected one where that is larger than `scale`.
func isClose(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12, scale: Double = 1) -> Bool {
  guard let value else { return false }
  return (value - expected).magnitude <= tolerance * max(expected.magnitude, scale)
}

func isClose(_ interval: Interval?, _ expected: [Double], _ tolerance: Double = 1e-12) -> Bool {
  isClose(interval?.lower, expected[0], tolerance) && isClose(interval?.upper, expected[1], tolerance)
}
