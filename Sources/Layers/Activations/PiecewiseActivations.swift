import Configuration

/// max(x, 0), with derivative 0 at 0.
public struct ReLU: Activation {
  public static let declaration = Declaration(
    "relu", "max(x, 0)", standard: ReLU(),
    reference: Reference(
      "Nair and Hinton", 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines",
      "https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf"))

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public init() {}

  // A maximum would split the gradient at 0 between x and the constant.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.replaced(where: x .<= 0, by: 0) }
}

/// min(max(x, 0), 6), with derivative 0 at 0 and 6.
public struct ReLU6: Activation {
  public static let declaration = Declaration(
    "relu6", "min(max(x, 0), 6)", standard: ReLU6(),
    reference: Reference(
      "Krizhevsky", 2010, "Convolutional Deep Belief Networks on CIFAR-10",
      "https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf"))

  public var range: ClosedRange<Double> { 0...6 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.saturated(to: range) }
}

/// x for x > 0, slope·x otherwise; at 0 its derivative is the slope.
public struct LeakyReLU: Activation {
  public static let declaration = Declaration(
    "leakyRelu", "x for x > 0, slope·x otherwise", standard: LeakyReLU(),
    reference: Reference(
      "Maas et al.", 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
      "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf"),
    settings: [
      Setting("slope", \.slope, .number(in: 0...1), "negative slope α; 0.01 in the paper and PyTorch, 0.3 in Keras")
    ])

  public var range: ClosedRange<Double> { (slope == 0 ? 0 : -Double.infinity)...Double.infinity }
  public var slope: Double

  public init(slope: Double = 0.01) { self.slope = slope }

  public func callAsFunction(_ x: Tensor) -> Tensor { Tensor.select(x .> 0, x, x * slope) }
}

/// ReLU6(x + 3)/6, as in PyTorch and Keras 3, with derivative 0 at -3 and 3.
public struct HardSigmoid: Activation {
  public static let declaration = Declaration(
    "hardSigmoid", "ReLU6(x + 3)/6", standard: HardSigmoid(), reference: .mobileNetV3)

  public var range: ClosedRange<Double> { 0...1 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { (x + 3).saturated(to: 0...6) / 6 }
}

/// min(max(x, -1), 1), with derivative 0 at -1 and 1.
public struct HardTanh: Activation {
  public static let declaration = Declaration(
    "hardTanh", "min(max(x, -1), 1)", standard: HardTanh(),
    reference: Reference(
      "Collobert et al.", 2011, "Natural Language Processing (Almost) from Scratch",
      "https://arxiv.org/abs/1103.0398"))

  public var range: ClosedRange<Double> { -1...1 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.saturated(to: range) }
}

/// x·ReLU6(x + 3)/6 for n = 6; other widths n generalize it: x above n/2, x(x + n/2)/n above -n/2, 0 below.
///
/// The comparisons are strict: the derivative is 1.5 at n/2, where it falls to 1, and 0 at -n/2, where it falls to -0.5.
/// The minimum is -n/16, at -n/4.
public struct HSwish: Activation {
  public static let declaration = Declaration(
    "hSwish", "x·clip(x/n + 1/2, 0, 1), a piecewise Swish", standard: HSwish(), reference: .mobileNetV3,
    settings: [Setting("n", \.n, .number(in: 1e-6...1e6), "width n of the curved piece")])

  public var range: ClosedRange<Double> { -n / 16...Double.infinity }
  public var n: Double

  public init(n: Double = 6) { self.n = n }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let curve = x * (x + n / 2) / n
    return Tensor.select(x .> n / 2, x, curve.replaced(where: x .<= -n / 2, by: 0))
  }
}

extension Tensor {
  /// Clamps to `range` with derivative 0 at the bounds, where a clamp would share the gradient with the bound.
  fileprivate func saturated(to range: ClosedRange<Double>) -> Tensor {
    replaced(where: self .<= range.lowerBound, by: range.lowerBound)
      .replaced(where: self .>= range.upperBound, by: range.upperBound)
  }
}

extension Reference {
  fileprivate static let mobileNetV3 = Reference(
    "Howard et al.", 2019, "Searching for MobileNetV3", "https://arxiv.org/abs/1905.02244")
}
