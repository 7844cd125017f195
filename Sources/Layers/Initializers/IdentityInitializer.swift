import Configuration

/// Ones times `gain` on the diagonal of a matrix, square or not (Le et al. 2015 for recurrent ReLUs).
public struct IdentityInitializer: Initializer {
  public static let name = "identity"
  public static let summary = "A multiple of the identity matrix (Le et al. 2015)."
  public static let parameters = [Parameter("gain", default: 1, "what stands on the diagonal")]

  public var gain: Double

  public init(gain: Double = 1) { self.gain = gain }

  public init(from options: inout Options) throws(ConfigurationError) {
    gain = try options.number("gain", default: 1, in: -1e30...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank == 2 else {
      return .failed(Diagnostic(operation: Self.name, message: "makes matrices, not \(shape)"))
    }
    return (Tensor.iota(shape, axis: 0) .== Tensor.iota(shape, axis: 1)).cast(to: dtype) * gain
  }
}
