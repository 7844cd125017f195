import Layers

/// A node in a network, or a delay that feeds back.
struct NetworkPart: Sendable {
  enum Role: Sendable {
    case input(channels: [Int])
    case delay(steps: Int)
    case unit(any GraphUnit)
    case readout(any ReadoutRule)
  }

  let name: String
  var role: Role
  let reads: [Int]
  /// Places of the delays that feed it.
  let fedBack: [Int]
  let adds: Int?
  /// The numbers that it puts out.
  let width: Int
  /// Parts with a readout in common, of what it puts out or, for a readout, of what it reads.
  let patches: Int

  var rule: (any ReadoutRule)? { if case .readout(let rule) = role { rule } else { nil } }
  var unit: (any GraphUnit)? { if case .unit(let unit) = role { unit } else { nil } }
  var isDelay: Bool { if case .delay = role { true } else { false } }
  var sources: [Int] { reads + fedBack + [adds].compactMap(\.self) }

  func rest(_ rows: Int, dtype: DType) -> [Tensor] {
    switch role {
    case .delay(let steps): [.zeros([rows, steps, width], dtype: dtype)]
    case .unit(let unit): unit.rest(rows)
    case .input, .readout: []
    }
  }

  var stateCount: Int {
    switch role {
    case .delay: 1
    case .unit(let unit): unit.rest(1).count
    case .input, .readout: 0
    }
  }
}

/// The order in which parts are computed.
extension NetworkPart {
  /// - Throws: ``ReservoirError/cycle(nodes:)``.
  static func checkOrder(of parts: [NetworkPart]) throws(ReservoirError) {
    let (placed, isWhole) = order(of: parts) { parts[$0].isDelay ? [] : parts[$0].sources }
    guard !isWhole else { return }
    // What only reads a circle isn't in it.
    var circle = Set(parts.indices).subtracting(placed)
    while let outside = circle.first(where: { place in circle.allSatisfy { !parts[$0].sources.contains(place) } }) {
      circle.remove(outside)
    }
    throw .cycle(nodes: circle.sorted().map { parts[$0].name })
  }

  /// The order in which a step computes its parts: each after those that it reads, delays first of all.
  static func stepOrder(of parts: [NetworkPart]) -> [Int]? {
    let (placed, isWhole) = order(of: parts) { parts[$0].isDelay ? [] : parts[$0].sources }
    return isWhole ? placed : nil
  }

  /// The order in which parts run over a whole series, one after the other.
  /// - Parameter known: parts whose outputs are given.
  /// - Returns: nil if some depend on each other.
  static func seriesOrder(of parts: [NetworkPart], known: Set<Int>) -> [Int]? {
    let (placed, isWhole) = order(of: parts) { parts[$0].sources.filter { !known.contains($0) } }
    return isWhole ? placed : nil
  }

  private static func order(
    of parts: [NetworkPart], after sources: (Int) -> [Int]
  ) -> (placed: [Int], isWhole: Bool) {
    var (placed, isPlaced) = ([Int](), [Bool](repeating: false, count: parts.count))
    while let next = parts.indices.first(where: { place in
      !isPlaced[place] && sources(place).allSatisfy { isPlaced[$0] }
    }) {
      placed.append(next)
      isPlaced[next] = true
    }
    return (placed, placed.count == parts.count)
  }
}
