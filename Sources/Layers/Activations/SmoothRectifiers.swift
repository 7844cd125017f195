import Configuration

/// log(1 + eˣ), a smooth ReLU.
public struct Softplus: Activation {
  public static let declaration = Declaration(
    "softplus", "log(1 + eˣ)", standard: Softplus(),
    reference: Reference(
      "Dugas et al.", 2001, "Incorporating Second-Order Functional Knowledge for Better Option Pricing",
      "https://proceedings.neurips.cc/paper/2000/hash/44968aece94f667e4095002d140b5896-Abstract.html"))

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.softplus() }
}

/// x for x > 0, α(eˣ - 1) otherwise; at 0 its derivative is α, that of the lower piece.
public struct ELU: Activation {
  public static let declaration = Declaration(
    "elu", "x for x > 0, α(eˣ - 1) otherwise", standard: ELU(),
    reference: Reference(
      "Clevert et al.", 2016, "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)",
      "https://arxiv.org/abs/1511.07289"),
    settings: [Setting("alpha", \.alpha, .number(in: 0...1e6), "α, minus the limit towards -∞")])

  public var range: ClosedRange<Double> { -alpha...Double.infinity }
  public var alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let isAbove = x .> 0
    // The exponential of a large x is infinite: even where it isn't selected, it would make the gradient NaN.
    return Tensor.select(isAbove, x, x.replaced(where: isAbove, by: 0).expm1() * alpha)
  }
}

/// An ELU whose scale λ and α keep mean 0 and variance 1 from layer to layer; at 0 its derivative is λα, that of the
/// lower piece.
public struct SELU: Activation {
  public static let declaration = Declaration(
    "selu", "λ·ELU(x) with α and λ that preserve mean 0 and variance 1", standard: SELU(),
    reference: Reference(
      "Klambauer et al.", 2017, "Self-Normalizing Neural Networks", "https://arxiv.org/abs/1706.02515"))

  public var range: ClosedRange<Double> { -1.7580993408473769...Double.infinity }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { ELU(alpha: 1.6732632423543772)(x) * 1.0507009873554805 }
}

/// x·Φ(x), Φ being the normal distribution function, or its approximation by a tanh.
public struct GELU: Activation {
  public static let declaration = Declaration(
    "gelu", "x·Φ(x), Φ being the normal distribution function", standard: GELU(),
    reference: Reference(
      "Hendrycks and Gimpel", 2016, "Gaussian Error Linear Units (GELUs)", "https://arxiv.org/abs/1606.08415"),
    settings: [
      Setting("approximate", \.isApproximate, .flag, "whether Φ is approximated by a tanh, as in GPT-2")
    ])

  public var range: ClosedRange<Double> {
    (isApproximate ? -0.17004075057125405 : -0.16997120747990367)...Double.infinity
  }
  public var isApproximate: Bool

  public init(isApproximate: Bool = false) { self.isApproximate = isApproximate }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard isApproximate else { return x * ((x * 0.5.squareRoot()).erf() * 0.5 + 0.5) }
    // (1 + tanh(z))/2 is sigmoid(2z). Beyond ±20 it is 0 or 1, and the cube would overflow.
    let near = x.clamped(to: -20...20)
    let scale = 2 * (2 / Double.pi).squareRoot()
    return x * (near * (near * near * (0.044715 * scale) + scale)).sigmoid()
  }
}

/// x·sigmoid(βx), called SiLU for β = 1 (Elfwing et al. 2017, https://arxiv.org/abs/1702.03118). The minimum is about
/// -0.27846/β, at -1.2785/β.
public struct Swish: Activation {
  public static let declaration = Declaration(
    "swish", "x·sigmoid(βx), SiLU for β = 1", standard: Swish(),
    reference: Reference(
      "Ramachandran et al.", 2017, "Searching for Activation Functions", "https://arxiv.org/abs/1710.05941"),
    settings: [Setting("beta", \.beta, .number(in: 1e-6...1e6), "steepness β")])

  public var range: ClosedRange<Double> { -0.2784645427610738 / beta...Double.infinity }
  public var beta: Double

  public init(beta: Double = 1) { self.beta = beta }

  public func callAsFunction(_ x: Tensor) -> Tensor { x * (beta == 1 ? x : x * beta).sigmoid() }
}

/// x·tanh(softplus(x)). The minimum is about -0.30884, at -1.1924.
public struct Mish: Activation {
  public static let declaration = Declaration(
    "mish", "x·tanh(log(1 + eˣ))", standard: Mish(),
    reference: Reference(
      "Misra", 2019, "Mish: A Self Regularized Non-Monotonic Activation Function", "https://arxiv.org/abs/1908.08681"))

  public var range: ClosedRange<Double> { -0.3088434130172504...Double.infinity }

  public init() {}

  // tanh(log(1 + e)) = n/(n + 2) with n = e(e + 2) needs one exponential and cancels nothing. From 20 on it is 1, in
  // half precision from 5, where e² doesn't overflow yet.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let e = x.minimum(x.dtype == .float16 ? 5 : 20).exp()
    let n = e * (e + 2)
    return x * (n / (n + 2))
  }
}

/// x·tanh(eˣ). The minimum is about -0.35329, at -1.0789; the steepest slope is 1.06198, at 0.6966.
public struct TanhExp: Activation {
  public static let declaration = Declaration(
    "tanhExp", "x·tanh(eˣ)", standard: TanhExp(),
    reference: Reference(
      "Liu and Di", 2020,
      "TanhExp: A Smooth Activation Function with High Convergence Speed for Lightweight Neural Networks",
      "https://arxiv.org/abs/2003.09855"))

  public var range: ClosedRange<Double> { -0.3532857778482113...Double.infinity }

  public init() {}

  // tanh(e⁴) is 1 in any type. Beyond 4, eˣ would overflow and make the derivative 0·∞, however it is written.
  public func callAsFunction(_ x: Tensor) -> Tensor { x * x.minimum(4).exp().tanh() }
}

extension Tensor {
  /// log(1 + eˣ), computed without overflow.
  public func softplus(file: String = #fileID, line: Int = #line) -> Tensor {
    // At 0 the maximum has derivative 1/2 and the absolute value 0: the sum is right.
    maximum(0, file: file, line: line) + (-abs(file: file, line: line)).exp(file: file, line: line).log1p()
  }
}
