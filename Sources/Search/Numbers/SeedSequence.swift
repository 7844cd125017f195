/// Spreads seeds over the bits of a generator's state, as NumPy's `SeedSequence` does (O'Neill, 2015).
struct SeedSequence {
  private let pool: [UInt32]

  /// - Parameter seeds: one number, or several for a stream of its own: `SeedSequence([seed, trial])`.
  init(_ seeds: [UInt64]) {
    // A number that fits in 32 bits is one word.
    let words = seeds.flatMap { $0 >> 32 == 0 ? [UInt32($0)] : [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
    var multiplier: UInt32 = 0x43b0_d7e5
    func hashed(_ word: UInt32) -> UInt32 {
      var value = word ^ multiplier
      multiplier &*= 0x931e_8875
      value &*= multiplier
      return value ^ value >> 16
    }
    func mixed(_ one: UInt32, _ other: UInt32) -> UInt32 {
      let value = 0xca01_f9dd &* one &- 0x4973_f715 &* other
      return value ^ value >> 16
    }
    var pool = (0..<4).map { hashed($0 < words.count ? words[$0] : 0) }
    for source in 0..<4 {
      for target in 0..<4 where target != source { pool[target] = mixed(pool[target], hashed(pool[source])) }
    }
    for word in words.dropFirst(4) {
      for target in 0..<4 { pool[target] = mixed(pool[target], hashed(word)) }
    }
    self.pool = pool
  }

  /// The state of a generator: so many words of 64 bits.
  func state(_ count: Int) -> [UInt64] {
    var multiplier: UInt32 = 0x8b51_f9dd
    let words = (0..<2 * count).map { place in
      var value = pool[place % 4] ^ multiplier
      multiplier &*= 0x58f3_8ded
      value &*= multiplier
      return UInt64(value ^ value >> 16)
    }
    return (0..<count).map { words[2 * $0] | words[2 * $0 + 1] << 32 }
  }
}
