import Configuration

/// 1/(1 + e⁻ˣ), the logistic function.
public struct Sigmoid: Activation {
  public static let declaration = Declaration("sigmoid", "1/(1 + e⁻ˣ), the logistic function", standard: Sigmoid())

  public var range: ClosedRange<Double> { 0...1 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// The logarithm of the logistic function, finite where that rounds to 0.
public struct LogSigmoid: Activation {
  public static let declaration = Declaration("logSigmoid", "log(1/(1 + e⁻ˣ))", standard: LogSigmoid())

  public var range: ClosedRange<Double> { -Double.infinity...0 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { -(-x).softplus() }
}

/// The hyperbolic tangent.
public struct Tanh: Activation {
  public static let declaration = Declaration(
    "tanh", "the hyperbolic tangent", standard: Tanh(), reference: .efficientBackProp)

  public var range: ClosedRange<Double> { -1...1 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
}

/// x/(1 + |x|).
public struct Softsign: Activation {
  public static let declaration = Declaration(
    "softsign", "x/(1 + |x|)", standard: Softsign(),
    reference: Reference(
      "Turian et al.", 2009, "Quadratic Features and Deep Architectures for Chunking",
      "https://aclanthology.org/N09-2062/"))

  public var range: ClosedRange<Double> { -1...1 }

  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x / (x.abs() + 1) }
}

extension Reference {
  static let efficientBackProp = Reference(
    "LeCun et al.", 1998, "Efficient BackProp", "https://doi.org/10.1007/3-540-49430-8_2")
}
