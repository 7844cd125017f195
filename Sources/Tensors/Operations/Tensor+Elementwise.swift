extension Tensor {
  /// The absolute value; its derivative at 0 is 0.
  public func abs() -> Tensor { Tensor(AbsoluteValue(), [self]) }

  /// -1, 0 or 1; its derivative is 0.
  public func sign() -> Tensor { Tensor(Sign(), [self]) }

  /// e to the power of each element.
  public func exp() -> Tensor { Tensor(Exponential(), [self]) }

  /// e^x - 1, exact near 0.
  public func expm1() -> Tensor { Tensor(ExponentialMinusOne(), [self]) }

  /// The natural logarithm.
  public func log() -> Tensor { Tensor(Logarithm(), [self]) }

  /// log(1 + x), exact near 0.
  public func log1p() -> Tensor { Tensor(LogarithmOnePlus(), [self]) }

  /// The square root.
  public func sqrt() -> Tensor { Tensor(SquareRoot(), [self]) }

  /// 1 / sqrt(x).
  public func rsqrt() -> Tensor { Tensor(ReciprocalSquareRoot(), [self]) }

  /// The real cube root.
  public func cbrt() -> Tensor { Tensor(CubeRoot(), [self]) }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor { Tensor(HyperbolicTangent(), [self]) }

  /// 1 / (1 + e^-x).
  public func sigmoid() -> Tensor { Tensor(Logistic(), [self]) }

  /// The sine of radians.
  public func sin() -> Tensor { Tensor(Sine(), [self]) }

  /// The cosine of radians.
  public func cos() -> Tensor { Tensor(Cosine(), [self]) }

  /// The error function.
  public func erf() -> Tensor { Tensor(ErrorFunction(), [self]) }

  /// The inverse of the error function on -1...1.
  public func erfInverse() -> Tensor { Tensor(InverseErrorFunction(), [self]) }

  /// The greatest integer not above.
  public func floor() -> Tensor { Tensor(Floor(), [self]) }

  /// The least integer not below.
  public func ceil() -> Tensor { Tensor(Ceiling(), [self]) }

  /// The nearest integer, halves to the even one.
  public func rounded() -> Tensor { Tensor(RoundToEven(), [self]) }

  /// Whether each element is neither infinite nor NaN, as bool.
  public func isFinite() -> Tensor { Tensor(IsFinite(), [self]) }

  /// The square.
  public func squared() -> Tensor { self * self }

  /// The same values, held constant by differentiation.
  public func stopGradient() -> Tensor { Tensor(StopGradient(), [self]) }
}
