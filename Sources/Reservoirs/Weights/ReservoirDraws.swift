/// Where a network's random numbers come from.
public enum ReservoirDraws: Sendable, Hashable {
  /// The counter-based generator, by name and seed.
  case keyed(seed: UInt64)
  /// NumPy's legacy generator: `rand(N, N) < connectivity` times `randn(N, N)`; `uniform` input weights `(N, inputs)`,
  /// feedback weights `(N, outputs)`, biases `N` (each if there are any); the untrained readout `(N, outputs)`; then
  /// for each step that has noise `rand(N)`.
  case numPy(seed: UInt32)
}

/// A stream of uniform numbers of either origin, which goes on from call to call.
struct UniformStream: Sendable, Hashable, Codable {
  private let seed: UInt64
  private var calls: Int64 = 0
  private(set) var numPy: NumPyRandomState?

  init(_ draws: ReservoirDraws) {
    switch draws {
    case .keyed(let seed): self.seed = seed
    case .numPy(let seed): (self.seed, numPy) = (0, NumPyRandomState(seed: seed))
    }
  }

  private var key: Key { Key(seed: seed) }

  /// `count` numbers in [0, 1) as an array on the host.
  mutating func uniform(_ count: Int, named name: String) throws -> [Double] {
    if numPy != nil { return (0..<count).map { _ in numPy?.randomSample() ?? 0 } }
    return try key.derived(name).uniform([count], dtype: .float64).values()
  }

  mutating func normal(_ count: Int, named name: String) throws -> [Double] {
    if let drawn = numPy?.randn(count) { return drawn }
    return try key.derived(name).normal([count], dtype: .float64).values()
  }

  /// Uniform numbers in [0, 1), others in each call.
  mutating func noise(_ shape: Shape) -> Tensor {
    defer { calls &+= 1 }
    if numPy != nil { return Tensor((0..<shape.elementCount).map { _ in numPy?.randomSample() ?? 0 }, shape: shape) }
    return key.derived("noise").folding(Tensor([calls], shape: []).asArgument()).uniform(
      shape, dtype: .float64)
  }
}

extension Tensor {
  /// The tensor as an argument of programs, so that its values don't make another program.
  func asArgument() -> Tensor { (try? buffer()).map(Tensor.init) ?? self }
}
