import Configuration

/// Layer normalization: normalizes each example, or each position, by mean and variance over its last axes (Ba et al.
/// 2016, https://arxiv.org/abs/1607.06450).
///
/// Parameters are `scale` and `offset`, of the shape of those axes. Statistics are `float32` if the input has half
/// precision.
public struct LayerNorm: ComposableLayer {
  public static let declaration = Declaration(
    "layerNorm", "normalizes each example by mean and variance over its last axes", standard: LayerNorm(),
    reference: Reference("Ba et al.", 2016, "Layer Normalization", "https://arxiv.org/abs/1607.06450"),
    settings: [
      Setting("axes", \.axes, .integer(in: 1...10), "number of last axes that are normalized together"),
      Setting("epsilon", \.epsilon, .nonNegative, "ε, added to the variance; 0.001 in Keras, 0.00001 in PyTorch"),
      Setting("scale", \.hasScale, .flag, "whether the result is multiplied by a trainable γ"),
      Setting("offset", \.hasOffset, .flag, "whether a trainable β is added"),
    ])

  /// The number of last axes that are normalized together.
  public var axes: Int
  /// ε, which is added to the variance.
  public var epsilon: Double
  public var hasScale: Bool
  public var hasOffset: Bool

  /// - Parameter epsilon: by default that of Keras; PyTorch's is 0.00001.
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
    let shape = Shape(x.shape.suffix(axes))
    let columns = shape.elementCount
    func row(_ name: String, _ initializer: any Initializer) -> Tensor {
      scope.parameter(name, shape, initializer, dtype: x.dtype.accumulation).reshape(to: [columns])
    }
    return Tensor.layerNormalization(
      x.reshape(to: Shape(x.shape.dropLast(axes) + [columns])), scale: hasScale ? row("scale", .ones) : nil,
      offset: hasOffset ? row("offset", .zeros) : nil, epsilon: epsilon
    ).reshape(to: x.shape)
  }
}

/// Divides each example, or each position, by the root of its mean square along the last axis (Zhang and Sennrich 2019,
/// https://arxiv.org/abs/1910.07467). The parameter is `scale`; the mean square is `float32` if the input has half
/// precision.
public struct RMSNorm: ComposableLayer {
  public static let declaration = Declaration(
    "rmsNorm", "divides by the root mean square along the last axis", standard: RMSNorm(),
    reference: Reference(
      "Zhang and Sennrich", 2019, "Root Mean Square Layer Normalization", "https://arxiv.org/abs/1910.07467"),
    settings: [
      Setting("epsilon", \.epsilon, .nonNegative, "ε, added to the mean square"),
      Setting("scale", \.hasScale, .flag, "whether the result is multiplied by a trainable γ"),
    ])

  public var label: String { Self.name }
  /// ε, which is added to the mean square.
  public var epsilon: Double
  public var hasScale: Bool

  public init(epsilon: Double = 1e-6, hasScale: Bool = true) { (self.epsilon, self.hasScale) = (epsilon, hasScale) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, x.dtype.isFloatingPoint, epsilon >= 0, epsilon.isFinite else {
      let message = "takes numbers [batch, …, features], with an epsilon of 0 or more, not \(epsilon)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let wide = x.upcast
    let y = wide * (wide.squared().mean([-1], keepDims: true) + epsilon).rsqrt()
    let scaled = hasScale ? y * scope.parameter("scale", [x.shape.last], .ones, dtype: wide.dtype) : y
    return scaled.cast(to: x.dtype)
  }
}

/// Normalizes each example by mean and variance over groups of channels, the last axis, and all positions (Wu and He
/// 2018, https://arxiv.org/abs/1803.08494). One group is layer normalization of whole images, a group per channel
/// instance normalization.
///
/// Parameters are `scale` and `offset`, per channel. Statistics are `float32` if the input has half precision.
public struct GroupNorm: ComposableLayer {
  public static let declaration = Declaration(
    "groupNorm", "normalizes each example over groups of channels", standard: GroupNorm(),
    reference: Reference("Wu and He", 2018, "Group Normalization", "https://arxiv.org/abs/1803.08494"),
    settings: [
      Setting("groups", \.groups, .integer(in: 1...1_000_000), "groups, which divide the channels"),
      Setting("epsilon", \.epsilon, .nonNegative, "ε, added to the variance"),
      Setting("scale", \.hasScale, .flag, "whether the result is multiplied by a trainable γ per channel"),
      Setting("offset", \.hasOffset, .flag, "whether a trainable β per channel is added"),
    ])

  public var groups: Int
  /// ε, which is added to the variance.
  public var epsilon: Double
  public var hasScale: Bool
  public var hasOffset: Bool

  public init(_ groups: Int = 32, epsilon: Double = 1e-5, hasScale: Bool = true, hasOffset: Bool = true) {
    (self.groups, self.epsilon, self.hasScale, self.hasOffset) = (groups, epsilon, hasScale, hasOffset)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, x.dtype.isFloatingPoint, groups >= 1, x.shape.last.isMultiple(of: groups),
      epsilon >= 0, epsilon.isFinite
    else {
      let message =
        "takes numbers [batch, …, channels] whose channels \(groups) groups divide, with an epsilon of 0 or more, not "
        + "\(epsilon)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let (channels, wide) = (x.shape.last, x.upcast)
    let positions = x.shape.dropFirst().dropLast().reduce(1, *)
    let split = wide.reshape(to: [x.shape[0], positions, groups, channels / groups])
    let centered = split - split.mean([1, 3], keepDims: true)
    let normal = centered * (centered.squared().mean([1, 3], keepDims: true) + epsilon).rsqrt()
    var y = normal.reshape(to: x.shape)
    if hasScale { y *= scope.parameter("scale", [channels], .ones, dtype: wide.dtype) }
    if hasOffset { y += scope.parameter("offset", [channels], .zeros, dtype: wide.dtype) }
    return y.cast(to: x.dtype)
  }
}
