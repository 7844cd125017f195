import Foundation

/// The generator of NumPy's `default_rng`, PCG XSL RR 128/64, which draws what NumPy draws.
///
/// O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number Generation",
/// 2014. <https://www.pcg-random.org/paper.html>
struct PCG64 {
  private static let multiplier = UInt128(0x2360_ed05_1fc6_5da4) << 64 | 0x4385_df64_9fcc_f645

  private var state: UInt128
  private let increment: UInt128
  /// The upper half of a number whose lower half was drawn.
  private var half: UInt32?

  /// - Parameter seeds: what `numpy.random.default_rng` is given: a number, or a list of them.
  init(_ seeds: UInt64...) {
    let words = SeedSequence(seeds).state(4)
    increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
    state = increment &+ (UInt128(words[0]) << 64 | UInt128(words[1]))
    step()
  }

  private mutating func step() { state = state &* Self.multiplier &+ increment }

  /// 64 random bits.
  mutating func next() -> UInt64 {
    step()
    let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
    let turn = UInt64(truncatingIfNeeded: state >> 122)
    return folded >> turn | folded << ((64 - turn) & 63)
  }

  /// 32 random bits: the halves of a number of 64, the lower one first.
  mutating func nextHalf() -> UInt32 {
    if let half {
      self.half = nil
      return half
    }
    let bits = next()
    half = UInt32(bits >> 32)
    return UInt32(truncatingIfNeeded: bits)
  }

  /// A number that is 0 or more and below 1: NumPy's `random()`.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Leaves out numbers, as if they had been drawn (Brown, "Random Number Generation with Arbitrary Strides", 1994).
  mutating func skip(_ count: UInt64) {
    var (rest, factor, term) = (count, Self.multiplier, increment)
    var (totalFactor, totalTerm): (UInt128, UInt128) = (1, 0)
    while rest > 0 {
      if rest & 1 == 1 { (totalFactor, totalTerm) = (totalFactor &* factor, totalTerm &* factor &+ term) }
      (factor, term) = (factor &* factor, (factor &+ 1) &* term)
      rest >>= 1
    }
    state = state &* totalFactor &+ totalTerm
  }

  /// One of 0, 1: NumPy's `integers(2, dtype=uint32)`.
  mutating func bit() -> UInt32 { nextHalf() >> 31 }

  /// The numbers below `count` in random order: NumPy's `shuffle`.
  mutating func permutation(_ count: Int) -> [Int] {
    var values = Array(0..<count)
    for place in stride(from: count - 1, to: 0, by: -1) { values.swapAt(place, index(through: place)) }
    return values
  }

  /// Uniform from 0 through `last`, without bias: numbers of as many bits until one isn't greater.
  private mutating func index(through last: Int) -> Int {
    let mask = UInt32.max >> UInt32(last).leadingZeroBitCount
    while true {
      let value = Int(nextHalf() & mask)
      if value <= last { return value }
    }
  }

  /// A standard normal number (Box and Muller, 1958).
  mutating func normal() -> Double { (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit()) }
}
