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

  let looks: [Looks]
  let signs: Signs
  let normalMixture: [Mixture]

  static func read() throws -> SequentialFixtures { try Bundle.module.decodeFixture("sequential") }
}
