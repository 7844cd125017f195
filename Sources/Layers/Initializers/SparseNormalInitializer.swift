import Configuration

/// Normal values of which a random part is 0, for the recurrent weights of echo state networks (article 0a): a
/// square matrix has a spectral radius of about `gain`.
///
/// A value is nonzero with probability `connectivity`; its deviation is `gain/sqrt(connectivity·shape[0])`.
public struct SparseNormalInitializer: Initializer {
  public static let name = "sparseNormal"
  public static let summary = "Normal values, a random part of them 0; about the given spectral radius (article 0a)."
  public static let parameters = [
    Parameter("connectivity", default: 0.1, "the share of values that aren't 0"),
    Parameter("gain", default: 1, "about the spectral radius"),
  ]

  public var connectivity: Double
  public var gain: Double

  public init(connectivity: Double = 0.1, gain: Double = 1) {
    self.connectivity = connectivity
    self.gain = gain
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    connectivity = try options.number("connectivity", default: 0.1, in: 1e-9...1)
    gain = try options.number("gain", default: 1, in: -1e30...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard connectivity > 0, connectivity <= 1 else {
      let message = "the connectivity is \(connectivity), but must be above 0 and at most 1"
      return .failed(Diagnostic(operation: Self.name, message: message))
    }
    let deviation = gain / (connectivity * Double(Swift.max(1, shape.first ?? 1))).squareRoot()
    return key.derived("values").normal(shape, deviation: deviation, dtype: dtype)
      .replaced(where: .!key.derived("connections").bernoulli(shape, probability: connectivity), by: 0)
  }
}
