import Foundation
import TestSupport

/// What `Fixtures/generate_sequential.py` writes.
struct SequentialFixtures: Decodable {
  struct Looks: Decodable {
    let name: String
    let differences, above, below: [Double]
    let maximum, first: Int
  }

  struct Signs: Decodable {
    let wins: [Int]
    let logE: [Double]
  }

  struct Mixture: Decodable {
    let variance: Double
    let logE: [Double]
  }

  struct Binomial: Decodable {
    let count, total: Int
    let interval: [Double]
  }

  let looks: [Looks]
  let binomial: [Binomial]
  let signs: Signs
  let normalMixture: [Mixture]

  static func read() throws -> SequentialFixtures { try Bundle.module.decodeFixture("sequential") }
}
