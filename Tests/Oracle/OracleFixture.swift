import ArrayFixtures
import Foundation

/// A member of a network trained with one batch size by NumPy; see `Fixtures/generate_oracle.py`.
struct OracleFixture: Decodable, Sendable {
  /// Loss and accuracy, and the share of examples whose two greatest outputs are too close for rounding to leave
  /// their order alone.
  struct Record: Decodable, Sendable {
    let loss: Double
    let accuracy: Double
    let undecided: Double
  }

  /// A training epoch, or how the untrained network does.
  struct Epoch: Decodable, Sendable {
    let loss: Double?
    let accuracy: Double?
    let undecided: Double?
    /// A record for each size of the test set.
    let test: [Record]

    var training: Record? {
      guard let loss, let accuracy, let undecided else { return nil }
      return Record(loss: loss, accuracy: accuracy, undecided: undecided)
    }
  }

  let network: String
  let member: Int
  let batching: Batching
  let epochs: [Epoch]
  /// A summary of each parameter and running statistic.
  let trained: [String: [Double]]
  /// Of the outputs before and after training, for each size of the test set.
  let outputs: [[[Double]]]

  static func all() throws -> [OracleFixture] { try Bundle.module.rows("oracle") }
}

/// Root mean square and two projections of many numbers, which are short enough for a fixture.
func summary(_ values: [Double]) -> [Double] {
  let count = Double(values.count)
  var (squares, first, second) = (0.0, 0.0, 0.0)
  for (index, value) in values.enumerated() {
    squares += value * value
    first += value * cos(Double(index))
    second += value * cos(0.3 * Double(index) + 1)
  }
  return [(squares / count).squareRoot(), first / count.squareRoot(), second / count.squareRoot()]
}
