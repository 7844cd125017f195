extension Key {
  /// Numbers in 0...1 of the distribution Beta(`alpha`, `alpha`): the share of one of two gamma variates.
  func symmetricBeta(_ count: Int, alpha: Double) -> Tensor {
    let one = derived("one").logarithmicGamma(count, shape: alpha)
    let other = derived("other").logarithmicGamma(count, shape: alpha)
    return (one - other).sigmoid()
  }

  /// Logarithms of gamma variates, which for small shapes are too small to be written out.
  ///
  /// Marsaglia and Tsang 2000: of its draws more than 95 % are taken, so that of 16 all fail once in 10^20 numbers.
  private func logarithmicGamma(_ count: Int, shape alpha: Double) -> Tensor {
    let draws: Shape = [count, 16]
    let d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3.0
    let normal = derived("normal").normal(draws)
    let root = normal * (1 / (9 * d).squareRoot()) + 1
    let cube = root * root * root
    let logarithm = cube.maximum(1e-30).log()
    let uniform = (1 - derived("uniform").uniform(draws)).log()
    let isTaken = (root .> 0) .& (uniform .< normal * normal * 0.5 + d - cube * d + logarithm * d)
    let first = isTaken.cast(to: .int32).argMax(axis: 1).expand(at: -1)
    let taken = logarithm.takeAlongAxis(first, axis: 1).squeeze(1)
    guard alpha < 1 else { return taken }
    return taken + (1 - derived("boost").uniform([count])).log() * (1 / alpha)
  }
}
