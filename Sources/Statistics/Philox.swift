/// Counter-based random numbers, Philox 4×64 with ten rounds (Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", 2011): a pure function of key and counter, the same on every machine.
struct Philox: RandomNumberGenerator {
  /// The purpose of the numbers. Each has its own stream.
  enum Stream: UInt64 {
    case bootstrap = 1
    case probabilityOfImprovement
    case signFlips
    case budgets
    case forests
  }

  private let key: (UInt64, UInt64)
  private var counter: UInt64 = 0
  private var block: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private var used = 4

  init(seed: UInt64, stream: UInt64) { key = (seed, stream) }

  init(seed: UInt64, stream: Stream) { self.init(seed: seed, stream: stream.rawValue) }

  mutating func next() -> UInt64 {
    if used == 4 {
      block = Self.block(key: key, counter: counter)
      counter &+= 1
      used = 0
    }
    used += 1
    switch used {
    case 1: return block.0
    case 2: return block.1
    case 3: return block.2
    default: return block.3
    }
  }

  /// Uniform in 0..<`bound`, without bias (Lemire, "Fast random integer generation in an interval", 2019).
  mutating func index(below bound: Int) -> Int {
    let range = UInt64(bound)
    var (high, low) = next().multipliedFullWidth(by: range)
    if low < range {
      let threshold = (0 &- range) % range
      while low < threshold { (high, low) = next().multipliedFullWidth(by: range) }
    }
    return Int(high)
  }

  static func block(key: (UInt64, UInt64), counter: UInt64) -> (UInt64, UInt64, UInt64, UInt64) {
    var (a, b, c, d) = (counter, UInt64(0), UInt64(0), UInt64(0))
    var (first, second) = key
    for _ in 0..<10 {
      let left = a.multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
      let right = c.multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
      (a, b, c, d) = (right.high ^ b ^ first, right.low, left.high ^ d ^ second, left.low)
      first &+= 0x9E37_79B9_7F4A_7C15
      second &+= 0xBB67_AE85_84CA_A73B
    }
    return (a, b, c, d)
  }
}
