import Configuration

/// Independent uniform draws: `numpy.random.default_rng(seed).random((trials, settings))`.
///
/// Bergstra and Bengio 2012 compare it with a grid; with the same number of trials ``HaltonSampler`` and
/// ``SobolSampler`` cover the space more evenly.
public struct RandomSampler: Sampler {
  public static let declaration = Declaration(
    "random", "independent uniform draws", standard: RandomSampler(),
    reference: Reference(
      "Bergstra and Bengio", 2012, "Random Search for Hyper-Parameter Optimization",
      "https://jmlr.org/papers/v13/bergstra12a.html"))

  public init() {}

  public func point(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult]
  ) throws(SearchError) -> [Double] {
    try check(trial, space)
    var random = PCG64(seed)
    random.skip(UInt64(trial) &* UInt64(space.dimensions.count))
    return space.dimensions.map { _ in random.unit() }
  }
}
