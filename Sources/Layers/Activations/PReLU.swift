import Configuration

/// x for x > 0, slope·x otherwise, with a trainable slope per channel, the last axis (He et al. 2015,
/// https://arxiv.org/abs/1502.01852). At 0 its derivative is the slope.
public struct PReLU: ComposableLayer {
  public static let declaration = Declaration(
    "prelu", "x for x > 0, a trainable slope times x otherwise", standard: PReLU(),
    reference: Reference(
      "He et al.", 2015,
      "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
      "https://arxiv.org/abs/1502.01852"),
    settings: [
      Setting("initial", \.initial, .finite, "the slopes at the beginning"),
      Setting("shared", \.isShared, .flag, "whether all channels have one slope, as by default in PyTorch"),
    ])

  public var label: String { Self.name }
  /// The slopes at the beginning.
  public var initial: Double
  /// Whether all channels have one slope.
  public var isShared: Bool

  public init(initial: Double = 0.25, isShared: Bool = false) { (self.initial, self.isShared) = (initial, isShared) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, x.dtype.isFloatingPoint else {
      let message = "takes numbers [batch, …, channels]"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let slope = scope.parameter("slope", [isShared ? 1 : x.shape.last], ConstantInitializer(initial))
    return Tensor.select(x .> 0, x, x * slope)
  }
}
