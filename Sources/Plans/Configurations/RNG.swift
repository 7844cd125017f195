/// Where a run's random numbers come from.
public enum RNG: String, Sendable, Hashable, CaseIterable {
  /// The counter-based generator, by name and seed.
  case keyed
  /// NumPy's legacy generator seeded with the run's seed: He-normal kernels in the layers' order with biases
  /// zero and not drawn, then a shuffle of `0, 1, …` at each epoch.
  case numPy
}
