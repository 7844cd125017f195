import Configuration

/// Zeros, but ones for the second quarter of the last axis: an LSTM's forget gate, which begins by keeping
/// (Jozefowicz et al. 2015).
public struct ForgetBias: Initializer {
  public static let name = "forgetBias"
  public static let summary = "Zeros, but ones for an LSTM's forget gate (Jozefowicz et al. 2015)."

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank >= 1 else { return Tensor.zeros(shape, dtype: dtype) }
    let (units, place) = (Double(shape.last / 4), Tensor.iota(shape, axis: shape.rank - 1))
    return ((place .>= units) .& (place .< 2 * units)).cast(to: dtype)
  }
}
