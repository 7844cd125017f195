/// Normalizes each example, or each position, by mean and variance over its last axes (Ba et al. 2016).
///
/// Parameters `scale` and `offset`, of the shape of those axes. Statistics are `float32` where the input is of
/// half precision.
public struct LayerNorm: Layer {
  /// How many axes, counted from the last, are normalized together.
  public var axes: Int
  /// Added to the variance.
  public var epsilon: Double
  public var hasScale: Bool
  public var hasOffset: Bool

  /// - Parameter epsilon: Keras' default; PyTorch's is 0.00001.
  public init(axes: Int = 1, epsilon: Double = 1e-3, hasScale: Bool = true, hasOffset: Bool = true) {
    self.axes = axes
    self.epsilon = epsilon
    self.hasScale = hasScale
    self.hasOffset = hasOffset
  }

  /// Epsilon 0.001.
  public static let keras = LayerNorm()
  /// Epsilon 0.00001.
  public static let pyTorch = LayerNorm(epsilon: 1e-5)

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard axes >= 1, x.rank > axes, x.dtype.isFloatingPoint, epsilon >= 0, epsilon.isFinite else {
      let message =
        "normalizes 1 or more axes besides the batch's, not \(axes), with an epsilon of 0 or more, not "
        + "\(epsilon)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let (shape, wide) = (Shape(x.shape.suffix(axes)), x.widened)
    let last = Array(x.rank - axes..<x.rank)
    let centred = wide - wide.mean(last, keepingAxes: true)
    var y = centred * (centred.squared().mean(last, keepingAxes: true) + epsilon).rsqrt()
    if hasScale { y *= scope.parameter("scale", shape, .ones, dtype: wide.dtype) }
    if hasOffset { y += scope.parameter("offset", shape, .zeros, dtype: wide.dtype) }
    return y.cast(to: x.dtype)
  }
}
