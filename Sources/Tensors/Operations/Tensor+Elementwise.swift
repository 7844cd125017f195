extension Tensor {
  /// The absolute value; its derivative at 0 is 0.
  public func abs(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(AbsoluteValue(), [self], file: file, line: line)
  }

  /// -1, 0 or 1; its derivative is 0.
  public func sign(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Sign(), [self], file: file, line: line)
  }

  /// e to the power of each element.
  public func exp(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Exponential(), [self], file: file, line: line)
  }

  /// e^x - 1, exact near 0.
  public func expm1(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(ExponentialMinusOne(), [self], file: file, line: line)
  }

  /// The natural logarithm.
  public func log(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Logarithm(), [self], file: file, line: line)
  }

  /// log(1 + x), exact near 0.
  public func log1p(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(LogarithmOnePlus(), [self], file: file, line: line)
  }

  /// The square root.
  public func sqrt(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(SquareRoot(), [self], file: file, line: line)
  }

  /// 1 / sqrt(x).
  public func rsqrt(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(ReciprocalSquareRoot(), [self], file: file, line: line)
  }

  /// The real cube root.
  public func cbrt(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(CubeRoot(), [self], file: file, line: line)
  }

  /// The hyperbolic tangent.
  public func tanh(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(HyperbolicTangent(), [self], file: file, line: line)
  }

  /// 1 / (1 + e^-x).
  public func sigmoid(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Logistic(), [self], file: file, line: line)
  }

  /// The sine of radians.
  public func sin(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Sine(), [self], file: file, line: line)
  }

  /// The cosine of radians.
  public func cos(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Cosine(), [self], file: file, line: line)
  }

  /// The error function.
  public func erf(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(ErrorFunction(), [self], file: file, line: line)
  }

  /// The inverse of the error function on -1...1.
  public func erfInverse(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(InverseErrorFunction(), [self], file: file, line: line)
  }

  /// The greatest integer not above.
  public func floor(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Floor(), [self], file: file, line: line)
  }

  /// The least integer not below.
  public func ceil(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Ceiling(), [self], file: file, line: line)
  }

  /// The nearest integer, halves to the even one.
  public func rounded(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(RoundToEven(), [self], file: file, line: line)
  }

  /// Whether each element is neither infinite nor NaN, as bool.
  public func isFinite(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(IsFinite(), [self], file: file, line: line)
  }

  /// The square.
  public func squared(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(Multiply(), self, self, file: file, line: line)
  }

  /// The same values, held constant by differentiation.
  public func stopGradient(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(StopGradient(), [self], file: file, line: line)
  }
}
