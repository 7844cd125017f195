import PJRT

extension Reservoir {
  /// Which recurrent weights there are.
  public enum Topology: String, Sendable, CaseIterable, Codable {
    /// Each weight with the probability ``connectivity`` (Erdős and Rényi), drawn as ``values`` says.
    case random
    /// Each unit reaches the next one, the last one the first, all with one weight: with input weights of one magnitude
    /// (``inputValues`` `signs`) the reservoir of minimum complexity (Rodan and Tiňo 2011).
    case cycle
    /// A cycle, and links in both directions between each ``jump``-th unit (Rodan and Tiňo 2012).
    case cycleJumps
    /// Each unit reaches the next one.
    case delayLine
    /// Besides, each unit reaches the one before.
    case delayLineFeedback
    /// A ring in which each unit is linked to its neighbours, as many as ``connectivity`` asks for, in both directions;
    /// a part ``rewired`` of the links goes elsewhere (Watts and Strogatz 1998). Weights are drawn as ``values`` says.
    case smallWorld
    /// A random orthogonal matrix.
    case orthogonal
    /// W - Wᵀ - γI of a random W: with a `leakRate` of 0 and an `activationScale` ε these are Euler state networks
    /// (Gallicchio 2022), whose states neither grow nor fade. γ is ``diffusion``.
    case antisymmetric
  }

  /// How units move.
  public enum Unit: String, Sendable, CaseIterable, Codable {
    /// `x' = (1 - a)·x + s·f(…)`.
    case leaky
    /// `x' = (1 - a)·O·x + a·f(…)` with a random orthogonal O: edge of stability networks (ES²N; Ceni and Gallicchio
    /// 2024).
    case orthogonal
    /// Leaky integrate-and-fire: a unit whose leaked potential `(1 - a)·x` is above 1 fires in the next step and falls
    /// to 0; spikes are what other units and the readout see.
    case spiking
  }
}

/// Drawing recurrent weights.
struct RecurrentWeights {
  let reservoir: Reservoir

  /// The weights, before they are scaled.
  func draw(from stream: inout UniformStream) throws -> SparseMatrix {
    let units = reservoir.units
    switch reservoir.topology {
    case .random: return try SparseMatrix(dense: random(from: &stream), size: units)
    case .cycle: return try links { unit in [((unit + 1) % units, unit, 1)] }
    case .delayLine: return try links { unit in unit + 1 < units ? [(unit + 1, unit, 1)] : [] }
    case .delayLineFeedback:
      return try links { unit in
        unit + 1 < units ? [(unit + 1, unit, 1), (unit, unit + 1, reservoir.linkWeight)] : []
      }
    case .cycleJumps:
      // From the first unit on as far as whole jumps go, and back to the first where the circle is a number of them.
      let (jump, weight) = (reservoir.jump, reservoir.linkWeight)
      return try links { unit in
        var own = [((unit + 1) % units, unit, 1.0)]
        if unit % jump == 0, unit + jump <= units, jump < units {
          let other = (unit + jump) % units
          own += [(other, unit, weight), (unit, other, weight)]
        }
        return own
      }
    case .smallWorld: return try smallWorld(from: &stream)
    case .orthogonal:
      return try SparseMatrix(dense: Self.orthogonal(units, from: &stream, named: "values"), size: units)
    case .antisymmetric:
      let drawn = try random(from: &stream)
      let dense = (0..<units * units).map { place in
        let (row, column) = (place / units, place % units)
        return drawn[place] - drawn[column * units + row]
      }
      return try SparseMatrix(dense: dense, size: units)
    }
  }

  /// The weights as the network has them.
  func scaled(_ plain: SparseMatrix) throws -> SparseMatrix {
    let share = reservoir.topology.isRandom ? (reservoir.connectivity * Double(reservoir.units)).squareRoot() : 1
    let scaled =
      switch reservoir.scaling {
      case .gain(let gain): plain.scaled(by: gain / share)
      case .spectralRadius(0): plain.scaled(by: 0)
      case .spectralRadius(let radius): plain.scaled(by: try radius / plain.spectralRadius())
      }
    guard reservoir.topology == .antisymmetric, reservoir.diffusion > 0 else { return scaled }
    var dense = scaled.dense
    for unit in 0..<reservoir.units { dense[unit * (reservoir.units + 1)] -= reservoir.diffusion }
    return try SparseMatrix(dense: dense, size: reservoir.units)
  }

  private func values(_ count: Int, from stream: inout UniformStream) throws -> [Double] {
    try stream.drawn(count, as: reservoir.values, named: "values")
  }

  private func random(from stream: inout UniformStream) throws -> [Double] {
    let count = reservoir.units * reservoir.units
    let chances = try stream.uniform(count, named: "connections")
    return try zip(chances, values(count, from: &stream)).map { $0 < reservoir.connectivity ? $1 : 0 }
  }

  /// - Parameter weights: of a unit the links to a unit, from a unit, with their weights.
  private func links(_ weights: (_ unit: Int) -> [(Int, Int, Double)]) throws -> SparseMatrix {
    var dense = [Double](repeating: 0, count: reservoir.units * reservoir.units)
    for unit in 0..<reservoir.units {
      for (to, from, weight) in weights(unit) { dense[to * reservoir.units + from] = weight }
    }
    return try SparseMatrix(dense: dense, size: reservoir.units)
  }

  private func smallWorld(from stream: inout UniformStream) throws -> SparseMatrix {
    let units = reservoir.units
    let reach = max(1, min((units - 1) / 2, Int((reservoir.connectivity * Double(units) / 2).rounded())))
    let chances = try stream.uniform(2 * units * reach, named: "connections")
    let drawn = try values(2 * units * reach, from: &stream)
    var dense = [Double](repeating: 0, count: units * units)
    for unit in 0..<units {
      for distance in 1...reach {
        let link = unit * reach + distance - 1
        var other = (unit + distance) % units
        if chances[2 * link] < reservoir.rewired {
          let free = (0..<units).filter { $0 != unit && dense[unit * units + $0] == 0 && dense[$0 * units + unit] == 0 }
          if !free.isEmpty { other = free[min(free.count - 1, Int(chances[2 * link + 1] * Double(free.count)))] }
        }
        (dense[unit * units + other], dense[other * units + unit]) = (drawn[2 * link], drawn[2 * link + 1])
      }
    }
    return try SparseMatrix(dense: dense, size: units)
  }

  /// A random orthogonal matrix, row by row: Q of the decomposition QR of normal numbers, the signs of R's diagonal
  /// taken over, which makes all orthogonal matrices equally likely.
  static func orthogonal(_ units: Int, from stream: inout UniformStream, named name: String) throws -> [Double] {
    let (q, r) = Tensor(try stream.normal(units * units, named: name), shape: [units, units]).qr()
    let signs = (r * Tensor.identity(units, dtype: .float64)).sum([0]).sign()
    return try Tensor(try (q * signs).evaluate(on: Engine.host()).hostArray()).values()
  }
}

extension Reservoir.Topology {
  /// Whether how many weights there are depends on the connectivity.
  var isRandom: Bool { [.random, .smallWorld, .antisymmetric].contains(self) }
}

extension UniformStream {
  /// Numbers of a distribution.
  mutating func drawn(_ count: Int, as values: Reservoir.Values, named name: String) throws -> [Double] {
    switch values {
    case .normal: try normal(count, named: name)
    case .uniform: try uniform(count, named: name).map { 2 * $0 - 1 }
    case .signs: try uniform(count, named: name).map { $0 < 0.5 ? -1 : 1 }
    }
  }
}
