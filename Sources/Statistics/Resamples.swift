import Synchronization

/// The positions that resampling with replacement draws from samples of given sizes.
///
/// They depend on the sizes and the seed alone, and most comparisons of a study have the same, so the positions are
/// drawn once and kept: in a study of 1,000 arms drawing them took two thirds of the time of a report.
struct Resamples {
  private struct Key: Hashable {
    let stream: Philox.Stream
    let seed: UInt64
    let sizes: [Int]
    let count: Int
  }

  private let key: Key
  private let limit: Int

  private static let kept = Mutex<[Key: [UInt32]]>([:])

  /// - Parameter limit: the number of positions that are kept at most, of 4 bytes each.
  init(_ count: Int, ofSizes sizes: [Int], seed: UInt64, stream: Philox.Stream, keeping limit: Int = 1 << 23) {
    self.limit = limit
    key = Key(stream: stream, seed: seed, sizes: sizes, count: count)
  }

  private var draws: Int { key.sizes.reduce(0, +) }

  /// Calls `body` with the positions of each resample: those of the first sample, then those of the next.
  func visit(_ body: (ArraySlice<UInt32>) -> Void) {
    let draws = draws
    guard draws * key.count <= limit else {
      var random = Philox(seed: key.seed, stream: key.stream)
      var positions: [UInt32] = []
      for _ in 0..<key.count {
        positions.removeAll(keepingCapacity: true)
        append(to: &positions, &random)
        body(positions[...])
      }
      return
    }
    let positions = shared()
    for start in stride(from: 0, to: positions.count, by: draws) { body(positions[start..<start + draws]) }
  }

  private func shared() -> [UInt32] {
    if let positions = Self.kept.withLock({ $0[key] }) { return positions }
    var random = Philox(seed: key.seed, stream: key.stream)
    var positions: [UInt32] = []
    positions.reserveCapacity(draws * key.count)
    for _ in 0..<key.count { append(to: &positions, &random) }
    Self.kept.withLock { kept in
      if kept.values.reduce(positions.count, { $0 + $1.count }) > limit { kept.removeAll() }
      kept[key] = positions
    }
    return positions
  }

  private func append(to positions: inout [UInt32], _ random: inout Philox) {
    for size in key.sizes {
      for _ in 0..<size { positions.append(UInt32(random.index(below: size))) }
    }
  }
}
