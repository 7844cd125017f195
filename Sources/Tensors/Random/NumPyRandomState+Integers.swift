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
