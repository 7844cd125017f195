import Configuration

/// Random values of variance `scale / fan`, fan being a number of connections: the rule behind Glorot's, He's and
/// LeCun's initializers.
public struct VarianceScaling: Initializer {
  /// Which connections are counted: those into a unit, those out of it, or the mean of both.
  public enum Mode: String, Sendable, CaseIterable { case fanIn, fanOut, fanAverage }

  /// The distribution of the values. A truncated normal is cut at two standard deviations and rescaled to keep its
  /// variance, as in Keras; PyTorch's normal isn't truncated.
  public enum Distribution: String, Sendable, CaseIterable { case uniform, truncatedNormal, normal }

  public static let declaration = Declaration(
    "varianceScaling", "variance scale/fan, the rule behind Glorot's, He's and LeCun's initializers",
    standard: VarianceScaling(),
    settings: [
      Setting("scale", \.scale, .nonNegative, "numerator of the variance"),
      Setting("mode", \.mode, .word, "which connections the fan counts"),
      Setting("distribution", \.distribution, .word, "distribution of the values"),
    ])

  public var scale: Double
  public var mode: Mode
  public var distribution: Distribution

  public init(scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    let (fanIn, fanOut) = shape.fans
    let fan =
      switch mode {
      case .fanIn: Double(fanIn)
      case .fanOut: Double(fanOut)
      case .fanAverage: Double(fanIn + fanOut) / 2
      }
    let deviation = (scale / Swift.max(1, fan)).squareRoot()
    switch distribution {
    case .uniform:
      let limit = deviation * 3.0.squareRoot()
      return limit > 0 ? key.uniform(shape, in: -limit..<limit, dtype: dtype) : Tensor.zeros(shape, dtype: dtype)
    case .normal: return key.normal(shape, deviation: deviation, dtype: dtype)
    case .truncatedNormal:
      // The standard deviation of a standard normal truncated at 2.
      return key.truncatedNormal(shape, deviation: deviation / 0.87962566103423978, dtype: dtype)
    }
  }
}

extension Shape {
  /// The connections into and out of a unit: receptive field times channels.
  fileprivate var fans: (in: Int, out: Int) {
    if rank < 2 { return (elementCount, elementCount) }
    let field = dropLast(2).reduce(1, *)
    return (field * self[-2], field * self[-1])
  }
}

/// A setting of ``VarianceScaling`` that has a name of its own.
public protocol VarianceScalingPreset: Initializer {
  /// The rule with its settings.
  static var rule: VarianceScaling { get }
}

extension VarianceScalingPreset {
  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    Self.rule(shape, dtype: dtype, key: key)
  }
}

/// Uniform values of variance 2/(inputs + outputs); Keras' default.
public struct GlorotUniform: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "glorotUniform", "uniform, variance 2/(inputs + outputs)", standard: GlorotUniform(), reference: .glorot)
  public static let rule = VarianceScaling(mode: .fanAverage, distribution: .uniform)
  public init() {}
}

/// Truncated normal values of variance 2/(inputs + outputs).
public struct GlorotNormal: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "glorotNormal", "truncated normal, variance 2/(inputs + outputs)", standard: GlorotNormal(), reference: .glorot)
  public static let rule = VarianceScaling(mode: .fanAverage)
  public init() {}
}

/// Uniform values of variance 2/inputs.
public struct HeUniform: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "heUniform", "uniform, variance 2/inputs", standard: HeUniform(), reference: .rectifierInitialization)
  public static let rule = VarianceScaling(scale: 2, distribution: .uniform)
  public init() {}
}

/// Truncated normal values of variance 2/inputs. PyTorch doesn't truncate:
/// `varianceScaling(scale: 2, distribution: normal)`.
public struct HeNormal: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "heNormal", "truncated normal, variance 2/inputs", standard: HeNormal(), reference: .rectifierInitialization)
  public static let rule = VarianceScaling(scale: 2)
  public init() {}
}

/// Uniform values of variance 1/inputs.
public struct LeCunUniform: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "lecunUniform", "uniform, variance 1/inputs", standard: LeCunUniform(), reference: .efficientBackProp)
  public static let rule = VarianceScaling(distribution: .uniform)
  public init() {}
}

/// Truncated normal values of variance 1/inputs, for SELU.
public struct LeCunNormal: Initializer, VarianceScalingPreset {
  public static let declaration = Declaration(
    "lecunNormal", "truncated normal, variance 1/inputs", standard: LeCunNormal(), reference: .efficientBackProp)
  public static let rule = VarianceScaling()
  public init() {}
}

extension Initializer where Self == GlorotUniform {
  /// ``GlorotUniform``.
  public static var glorotUniform: Self { Self() }
}

extension Initializer where Self == GlorotNormal {
  /// ``GlorotNormal``.
  public static var glorotNormal: Self { Self() }
}

extension Initializer where Self == HeUniform {
  /// ``HeUniform``.
  public static var heUniform: Self { Self() }
}

extension Initializer where Self == HeNormal {
  /// ``HeNormal``.
  public static var heNormal: Self { Self() }
}

extension Initializer where Self == LeCunUniform {
  /// ``LeCunUniform``.
  public static var lecunUniform: Self { Self() }
}

extension Initializer where Self == LeCunNormal {
  /// ``LeCunNormal``.
  public static var lecunNormal: Self { Self() }
}

extension Reference {
  fileprivate static let glorot = Reference(
    "Glorot and Bengio", 2010, "Understanding the Difficulty of Training Deep Feedforward Neural Networks",
    "https://proceedings.mlr.press/v9/glorot10a.html")
  fileprivate static let rectifierInitialization = Reference(
    "He et al.", 2015,
    "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
    "https://arxiv.org/abs/1502.01852")
}
