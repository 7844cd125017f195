import Configuration
import Foundation

/// Halton's sequence, whose points fill the space evenly however many are taken; the draws of
/// `scipy.stats.qmc.Halton(d, scramble=True, seed=seed)`.
///
/// Each setting counts the trials in the digits of its own prime and reads them backwards. Scrambling permutes the
/// digits at each place at random, without which settings with large primes move together.
public struct HaltonSampler: Sampler {
  public static let declaration = Declaration(
    "halton", "Halton's evenly spread points", standard: HaltonSampler(),
    reference: Reference("Owen", 2017, "A randomized Halton algorithm in R", "https://arxiv.org/abs/1706.02808"),
    settings: [Setting("scramble", \.isScrambled, .flag, "whether digits are permuted at random")])

  public var isScrambled: Bool

  public init(isScrambled: Bool = true) { self.isScrambled = isScrambled }

  public var settingLimit: Int? { Self.primes.count }

  public func point(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult]
  ) throws(SearchError) -> [Double] {
    try check(trial, space)
    var random = PCG64(seed)
    return Self.primes.prefix(space.dimensions.count).map { base in
      // As many places as a double can tell apart.
      let places = Int((54 / log2(Double(base))).rounded(.up)) - 1
      var (rest, weight, sum) = (trial, 1 / Double(base), 0.0)
      for _ in 0..<places {
        let digit = rest % base
        sum += Double(isScrambled ? random.permutation(base)[digit] : digit) * weight
        weight /= Double(base)
        rest /= base
      }
      return sum
    }
  }

  /// The first hundred primes. Beyond them, pairs of settings are far from even for thousands of trials.
  private static let primes: [Int] = (2..<542).filter { number in
    !(2..<number).contains { $0 * $0 <= number && number.isMultiple(of: $0) }
  }
}
