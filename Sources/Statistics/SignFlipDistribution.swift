import Foundation

/// The sums of numbers over all choices of their signs: the distribution of a sum of paired differences if the arms
/// were exchangeable within each seed (Fisher's randomization test).
struct SignFlipDistribution {
  /// The most differences to enumerate; 2ⁿ sums are counted by meeting in the middle, in 2^(n/2) steps.
  static let exactLimit = 32

  /// The relative tolerance with which sums, and ranks, count as equal despite rounding.
  static let tolerance = 1e-10

  /// Nonzero, at most 1.
  private let magnitudes: [Double]
  private let observed: Double
  private let tolerance: Double

  init(_ values: [Double]) {
    let largest = values.reduce(0) { Swift.max($0, $1.magnitude) }
    let scaled = largest > 0 ? values.filter { $0 != 0 }.map { $0 / largest } : []
    magnitudes = scaled.map(\.magnitude)
    observed = scaled.reduce(0, +)
    tolerance = magnitudes.reduce(0, +) * Self.tolerance
  }

  var shift: Double { observed.magnitude <= tolerance ? 0 : observed }
  var isExact: Bool { magnitudes.count <= Self.exactLimit }

  /// The p value if all signs agree.
  var minimumP: Double { Swift.min(1, pow(2, 1 - Double(magnitudes.count))) }

  /// The fraction of sign choices whose sum is at least as far from zero as the observed one.
  func exactP() -> Double {
    if shift == 0 { return 1 }
    let half = magnitudes.count / 2
    let lower = Self.sums(magnitudes[..<half])
    let upper = Self.sums(magnitudes[half...])
    let threshold = observed.magnitude - tolerance
    // As the sum of the lower half grows, more sums of the upper half reach the threshold with it.
    var reached = upper.count
    var count = 0
    for sum in lower {
      while reached > 0, sum + upper[reached - 1] >= threshold { reached -= 1 }
      count += upper.count - reached
    }
    return 2 * Double(count) / pow(2, Double(magnitudes.count))
  }

  /// The same fraction over random sign choices. The observed one counts too, so that p is never zero and the test
  /// remains valid (Phipson and Smyth, 2010).
  func sampledP(_ resamples: Int, seed: UInt64) -> Double {
    if shift == 0 { return 1 }
    var random = Philox(seed: seed, stream: .signFlips)
    let threshold = observed.magnitude - tolerance
    var reached = 1
    for _ in 0..<resamples {
      var sum = 0.0
      var bits: UInt64 = 0
      for (index, magnitude) in magnitudes.enumerated() {
        if index % 64 == 0 { bits = random.next() }
        sum += bits & 1 == 0 ? magnitude : -magnitude
        bits >>= 1
      }
      if sum.magnitude >= threshold { reached += 1 }
    }
    return Double(reached) / Double(resamples + 1)
  }

  /// An upper bound of the same fraction for as many numbers as there may be: Chernoff's, twice the least of
  /// `exp(-λ s) Π cosh(λ d)` over λ, for the observed sum `s` of the numbers `d` (Boucheron, Lugosi and Massart,
  /// *Concentration Inequalities*, 2013, section 2.2). It holds for every λ, and equals the fraction if all signs agree.
  func boundedP() -> Double {
    let sum = observed.magnitude - tolerance
    if sum <= 0 { return 1 }
    /// How the logarithm of the bound grows with λ; it never falls.
    func slope(_ lambda: Double) -> Double { magnitudes.reduce(-sum) { $0 + $1 * tanh(lambda * $1) } }
    var (low, high) = (0.0, 1.0)
    while slope(high) < 0, high < 0x1p20 { (low, high) = (high, 2 * high) }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slope(middle) < 0 { low = middle } else { high = middle }
    }
    let logarithm = magnitudes.reduce(-high * sum) { $0 + high * $1 + log1p(exp(-2 * high * $1)) - log(2) }
    return Swift.min(1, 2 * exp(logarithm))
  }

  /// Every signed sum, ascending: each further number merges two shifted copies.
  private static func sums(_ magnitudes: ArraySlice<Double>) -> [Double] {
    magnitudes.reduce([0]) { sums, magnitude in
      var merged: [Double] = []
      merged.reserveCapacity(2 * sums.count)
      var raised = 0
      for sum in sums {
        while raised < sums.count, sums[raised] + magnitude < sum - magnitude {
          merged.append(sums[raised] + magnitude)
          raised += 1
        }
        merged.append(sum - magnitude)
      }
      for sum in sums[raised...] { merged.append(sum + magnitude) }
      return merged
    }
  }

  /// The result of the test, exact up to ``exactLimit`` nonzero values.
  ///
  /// A sampled p value can't fall below one in `resamples + 1`, which is too much for the smallest of many comparisons:
  /// ``boundedP()`` takes its place where it is less than that.
  func test(_ kind: SignificanceTest.Kind, statistic: Double, resamples: Int, seed: UInt64) -> SignificanceTest {
    func result(
      _ method: SignificanceTest.Method, _ p: Double, standardError: Double? = nil
    ) -> SignificanceTest {
      SignificanceTest(
        kind, method, p: p, shift: shift, statistic: statistic, minimumP: minimumP, standardError: standardError)
    }
    if isExact { return result(.exact, exactP()) }
    let bound = boundedP()
    if bound < 1 / Double(resamples + 1) { return result(.bounded, bound) }
    let p = sampledP(resamples, seed: seed)
    return result(.sampled, p, standardError: (p * (1 - p) / Double(resamples)).squareRoot())
  }
}
