#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// NumPy's legacy generator `numpy.random.RandomState`, draw for draw.
///
/// Published runs that seeded NumPy with `np.random.seed(n)` can be replayed digit for digit: the
/// uniform streams, the polar Gaussian with its kept second value, and the masked-rejection
/// shuffles are the same bits. For new work prefer a ``Key``.
///
/// ```swift
/// var random = NumPyRandomState(seed: 0)
/// print(random.randomSample(), random.permutation(5))
/// ```
///
/// Source: Matsumoto and Nishimura, "Mersenne Twister" (1998), and NumPy's frozen legacy stream
/// (NEP 19). Normal values go through the platform's `log`; with the same C library as NumPy's they
/// are equal to the last bit.
public struct NumPyRandomState: Sendable, Hashable, Codable {
  private static let length = 624
  private static let middle = 397

  private var key: [UInt32]
  private var position: Int
  /// The second value of the last Gaussian pair, while it hasn't been handed out.
  private var keptGaussian: Double?

  /// The state after `np.random.seed(seed)` or `RandomState(seed)`.
  public init(seed: UInt32) {
    var word = seed
    key = (1...UInt32(Self.length)).map { index in
      defer { word = 1_812_433_253 &* (word ^ (word >> 30)) &+ index }
      return word
    }
    position = Self.length
  }

  /// - Throws: `DecodingError` for a state that the generator never has.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    key = try container.decode([UInt32].self, forKey: .key)
    position = try container.decode(Int.self, forKey: .position)
    keptGaussian = try container.decodeIfPresent(Double.self, forKey: .keptGaussian)
    guard key.count == Self.length, (0...Self.length).contains(position) else {
      throw DecodingError.dataCorruptedError(
        forKey: .key, in: container, debugDescription: "a state has \(Self.length) words and a position among them")
    }
  }

  private enum CodingKeys: CodingKey { case key, position, keptGaussian }

  // MARK: Words

  /// The next 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if position == Self.length { regenerate() }
    var word = key[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    word ^= word >> 18
    return word
  }

  /// The next 64 random bits, high half first.
  public mutating func nextUInt64() -> UInt64 {
    let high = UInt64(nextUInt32())
    return high << 32 | UInt64(nextUInt32())
  }

  private mutating func regenerate() {
    key.withUnsafeMutableBufferPointer { key in
      for i in 0..<Self.length {
        let next = i + 1 == Self.length ? 0 : i + 1
        let far = i < Self.length - Self.middle ? i + Self.middle : i + Self.middle - Self.length
        let mixed = (key[i] & 0x8000_0000) | (key[next] & 0x7fff_ffff)
        key[i] = key[far] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_b0df)
      }
    }
    position = 0
  }

  // MARK: Real numbers

  /// One draw of `random_sample()`: uniform in [0, 1) with 53 random bits.
  public mutating func randomSample() -> Double {
    let high = Double(nextUInt32() >> 5)
    let low = Double(nextUInt32() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// `uniform(low, high)`: one draw from [low, high).
  public mutating func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
    low + (high - low) * randomSample()
  }

  /// `uniform(low, high, count)`. No values if `count` isn't positive.
  public mutating func uniform(_ low: Double = 0, _ high: Double = 1, count: Int) -> [Double] {
    values(count) { $0.uniform(low, high) }
  }

  /// `standard_normal()`: one draw by Marsaglia's polar method; its pair is kept for the next call.
  public mutating func standardNormal() -> Double {
    if let kept = keptGaussian {
      keptGaussian = nil
      return kept
    }
    while true {
      let x = 2 * randomSample() - 1
      let y = 2 * randomSample() - 1
      let squared = x * x + y * y
      if squared >= 1 || squared == 0 { continue }
      let factor = (-2 * log(squared) / squared).squareRoot()
      keptGaussian = factor * x
      return factor * y
    }
  }

  /// `randn(count)`: standard normal values; for `randn(rows, columns)` draw the product and reshape,
  /// row-major. No values if `count` isn't positive.
  public mutating func randn(_ count: Int) -> [Double] {
    values(count) { $0.standardNormal() }
  }

  /// `normal(mean, standardDeviation, count)`. No values if `count` isn't positive.
  public mutating func normal(mean: Double, standardDeviation: Double, count: Int) -> [Double] {
    values(count) { mean + standardDeviation * $0.standardNormal() }
  }

  private mutating func values<Value>(
    _ count: Int, _ draw: (inout NumPyRandomState) -> Value
  ) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(max(0, count))
    while values.count < count { values.append(draw(&self)) }
    return values
  }
}

extension NumPyRandomState {
  /// A uniform integer in 0...bound by masking and rejection, as the legacy shuffle and `randint` draw it.
  @usableFromInline package mutating func interval(_ bound: UInt64) -> UInt64 {
    if bound == 0 { return 0 }
    let mask = UInt64.max >> UInt64(bound.leadingZeroBitCount)
    while true {
      let value = bound <= UInt64(UInt32.max) ? UInt64(nextUInt32()) & mask : nextUInt64() & mask
      if value <= bound { return value }
    }
  }

  /// `shuffle(array)`: in place, along the first axis.
  // Inlinable, since a generic swap through the module's border makes an epoch's shuffle ten times slower.
  @inlinable public mutating func shuffle<Element>(_ array: inout [Element]) {
    for i in stride(from: array.count - 1, to: 0, by: -1) {
      array.swapAt(i, Int(truncatingIfNeeded: interval(UInt64(i))))
    }
  }

  /// `permutation(count)`: 0..<count in random order. Empty if `count` isn't positive.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    shuffle(&order)
    return order
  }

  /// `permutation(array)`: a shuffled copy.
  public mutating func permutation<Element>(_ array: [Element]) -> [Element] {
    var copy = array
    shuffle(&copy)
    return copy
  }

  /// `randint(low, high, count)` of 64-bit integers: uniform in low..<high.
  /// No values if `count` isn't positive.
  /// - Throws: ``NumPyRandomStateError/emptyRange(low:high:)`` unless low < high.
  public mutating func randint(
    _ low: Int, _ high: Int, count: Int
  ) throws(NumPyRandomStateError) -> [Int] {
    guard low < high else { throw .emptyRange(low: low, high: high) }
    // The distance may exceed Int.max, so it is taken modulo 2^64.
    let bound = UInt64(bitPattern: Int64(high)) &- UInt64(bitPattern: Int64(low)) &- 1
    var values: [Int] = []
    values.reserveCapacity(max(0, count))
    while values.count < count { values.append(low &+ Int(truncatingIfNeeded: interval(bound))) }
    return values
  }

  /// `choice(population, count, replace)` with equal probabilities: indices in 0..<population.
  /// - Throws: ``NumPyRandomStateError`` if the population is empty, or smaller than `count` when
  ///   values aren't put back.
  public mutating func choice(
    _ population: Int, count: Int, replace: Bool = true
  ) throws(NumPyRandomStateError) -> [Int] {
    if replace { return try randint(0, population, count: count) }
    guard count <= population else {
      throw .populationTooSmall(population: population, count: count)
    }
    return Array(permutation(population).prefix(max(0, count)))
  }
}

/// Why ``NumPyRandomState`` can't draw.
public enum NumPyRandomStateError: Error, Equatable, Sendable, CustomStringConvertible {
  case emptyRange(low: Int, high: Int)
  case populationTooSmall(population: Int, count: Int)

  public var description: String {
    switch self {
    case .emptyRange(let low, let high):
      "there is no integer in \(low)..<\(high): give a high end above the low one"
    case .populationTooSmall(let population, let count):
      "\(count) values can't be drawn from \(population) without replacement: draw fewer, or with replacement"
    }
  }
}
