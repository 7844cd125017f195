/// How the training set is divided into batches.
enum Batching: String, Decodable, Sendable, Hashable, CaseIterable {
  /// One batch is the whole set.
  case whole
  case divides
  /// The rest is left out.
  case dropped
  /// The rest is filled up.
  case masked

  var size: Int {
    switch self {
    case .whole: OracleNetwork.trainCount
    case .divides: 100
    case .dropped, .masked: 170
    }
  }

  var steps: Int { (OracleNetwork.trainCount + (self == .masked ? size - 1 : 0)) / size }
}

/// One way to train and evaluate a network.
public struct Combination: Sendable, Hashable, CustomStringConvertible {
  enum Mode: String, Sendable, Hashable, CaseIterable {
    case single
    /// All members in one program.
    case vectorized
    /// From a checkpoint of the first epoch on.
    case resumed
  }

  let network: String
  let batching: Batching
  let chunks: Int
  let testSize: Int
  let mode: Mode

  public var description: String {
    "\(network), batches \(batching), \(chunks) chunks, \(testSize) test examples, \(mode)"
  }

  /// One chunk for an epoch, two, and as many as steps.
  private static func chunks(_ batching: Batching) -> [Int] {
    Set([1, min(2, batching.steps), batching.steps]).sorted()
  }

  /// The networks' names.
  public static let networks = OracleNetwork.all.map(\.name)

  /// All there are of a network.
  public static func grid(of network: String) -> [Combination] {
    Batching.allCases.flatMap { batching in
      OracleNetwork.testSizes.flatMap { testSize in
        chunks(batching).flatMap { chunks in
          Mode.allCases.map {
            Combination(network: network, batching: batching, chunks: chunks, testSize: testSize, mode: $0)
          }
        }
      }
    }
  }

  /// A few of each kind of network, with every value of every axis among them.
  public static let sample: [Combination] = [
    ("mlp 100", [Batching.whole, .masked]), ("cnn 16", [.divides]), ("lstm 32", [.dropped]),
  ].flatMap { network, batchings in
    grid(of: network).filter { batchings.contains($0.batching) }.enumerated().filter { $0.offset % 14 == 0 }.map(
      \.element)
  }
}
