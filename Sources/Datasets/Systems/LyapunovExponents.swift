#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension DynamicalSystem {
  /// The greatest Lyapunov exponents per unit of time, greatest first (Benettin et al. 1980): how fast vectors of the
  /// tangent space grow that are made orthogonal again and again.
  /// - Parameters:
  ///   - count: exponents, at most as many as the state has numbers.
  ///   - steps: steps that are averaged over.
  ///   - every: steps from one orthogonalization to the next.
  ///   - skipped: steps before, in which the state and the vectors settle.
  public func lyapunovExponents(
    _ count: Int, steps: Int, every: Int = 5, skipped: Int = 2000, from start: [Double]? = nil
  ) -> [Double] {
    var state = start ?? self.start
    let count = min(max(0, count), state.count)
    var generator = SplitMix64(seed: 0, stream: 0x6c79_6170, index: 0)
    var tangents = (0..<count).map { _ in state.map { _ in Double(generator.next() >> 11) * 0x1p-53 - 0.5 } }
    _ = Self.orthonormalize(&tangents)
    var (sums, rounds) = ([Double](repeating: 0, count: count), 0)
    for step in 1...max(1, skipped + steps) {
      advance(&state, tangents: &tangents)
      guard step % max(1, every) == 0 else { continue }
      let lengths = Self.orthonormalize(&tangents)
      guard step > skipped else { continue }
      for index in sums.indices { sums[index] += log(lengths[index]) }
      rounds += 1
    }
    return sums.map { $0 / (Double(max(1, rounds * max(1, every))) * step) }.sorted(by: >)
  }

  /// Gram and Schmidt's method, each vector corrected after the other.
  /// - Returns: the lengths that the vectors had left: the diagonal of R in the decomposition QR.
  private static func orthonormalize(_ vectors: inout [[Double]]) -> [Double] {
    vectors.indices.map { index in
      var vector = vectors[index]
      for other in vectors[..<index] {
        let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for place in vector.indices { vector[place] -= share * other[place] }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors[index] = vector.map { $0 / length }
      return length
    }
  }
}

/// What follows from a spectrum of Lyapunov exponents.
public struct LyapunovSpectrum: Sendable, Hashable {
  /// Greatest first, per unit of time or per step.
  public let exponents: [Double]

  public init(_ exponents: [Double]) { self.exponents = exponents.sorted(by: >) }

  /// The time in which a small error grows to e times its size; infinite without chaos.
  public var lyapunovTime: Double {
    guard let greatest = exponents.first, greatest > 0 else { return .infinity }
    return 1 / greatest
  }

  /// Kaplan and Yorke's estimate of the attractor's dimension: the exponents' sum is 0 there. The number of exponents
  /// if their sum isn't negative.
  public var dimension: Double {
    var sum = 0.0
    for (index, exponent) in exponents.enumerated() {
      if sum + exponent < 0 { return Double(index) + sum / abs(exponent) }
      sum += exponent
    }
    return Double(exponents.count)
  }
}
