import Configuration

/// Sobol's sequence, whose points fill the space evenly, most so if their number is a power of two; the draws of
/// `scipy.stats.qmc.Sobol(d, scramble=True, seed=seed)`.
///
/// Direction numbers are those of Joe and Kuo 2008; scrambling multiplies them by random triangular matrices of bits
/// and shifts the points (Matoušek 1998).
public struct SobolSampler: Sampler {
  public static let declaration = Declaration(
    "sobol", "Sobol's evenly spread points, best for powers of two", standard: SobolSampler(),
    reference: Reference(
      "Joe and Kuo", 2008, "Constructing Sobol Sequences with Better Two-Dimensional Projections",
      "https://doi.org/10.1137/070709359"),
    settings: [Setting("scramble", \.isScrambled, .flag, "whether bits are mixed at random")])

  public var isScrambled: Bool

  public init(isScrambled: Bool = true) { self.isScrambled = isScrambled }

  public var settingLimit: Int? { SobolDirections.all.count }

  /// SciPy's default number of bits.
  private static let bits = 30

  public func point(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult]
  ) throws(SearchError) -> [Double] {
    try check(trial, space, trials: 1 << Self.bits)
    var directions = SobolDirections.all.prefix(space.dimensions.count).map { $0.numbers(bits: Self.bits) }
    var shifts = [UInt32](repeating: 0, count: directions.count)
    if isScrambled { Self.scramble(&directions, &shifts, seed: seed) }
    // Points come in the order of Gray's code, so that each differs from the last by one direction.
    let code = trial ^ trial >> 1
    return zip(directions, shifts).map { numbers, shift in
      let bits = numbers.indices.reduce(shift) { code >> $1 & 1 == 1 ? $0 ^ numbers[$1] : $0 }
      return Double(bits) / Double(1 << Self.bits)
    }
  }

  /// Draws in SciPy's order: the shifts of all settings, then their matrices.
  private static func scramble(_ directions: inout [[UInt32]], _ shifts: inout [UInt32], seed: UInt64) {
    var random = PCG64(seed)
    for setting in shifts.indices {
      shifts[setting] = (0..<bits).reduce(UInt32(0)) { $0 | random.bit() << UInt32($1) }
    }
    for setting in directions.indices {
      // A row of the matrix as bits, the first column on top: below the diagonal at random, one on it, zero above.
      let rows = (0..<bits).map { row in
        let drawn = (0..<bits).reduce(UInt32(0)) { drawn, _ in drawn << 1 | random.bit() }
        let place = UInt32(bits - 1 - row)
        return (drawn >> place | 1) << place
      }
      directions[setting] = directions[setting].map { number in
        rows.reduce(UInt32(0)) { $0 << 1 | UInt32((number & $1).nonzeroBitCount & 1) }
      }
    }
  }
}
