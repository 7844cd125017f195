import Configuration

/// Ridge regression with a penalty that is given.
protocol RidgeReadout: ReadoutRule {
  var lambda: Double { get }
  init(lambda: Double, penalizesBias: Bool)
}

extension RidgeReadout {
  public static var parameters: [Parameter] {
    [
      Parameter("lambda", default: 1e-8, "the penalty"),
      Parameter("bias", default: true, "penalizes the bias too"),
    ]
  }

  public var penalty: Double { lambda }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      lambda: try options.number("lambda", default: 1e-8, in: 0...1e100),
      penalizesBias: try options.flag("bias", default: true))
  }
}
