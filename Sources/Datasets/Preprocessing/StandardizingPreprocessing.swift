import Configuration

/// Preprocessing that takes a mean away and divides by a deviation, either or both.
protocol StandardizingPreprocessing: NamedPreprocessing {
  init(center: Bool, deviation: Bool, white: Double)
}

extension StandardizingPreprocessing {
  public static var parameters: [Parameter] {
    [
      Parameter("center", default: true, "whether the mean is taken away"),
      Parameter("deviation", default: true, "whether the deviation is divided by"),
      Parameter("white", default: 255, "what inputs are divided by before: 255 for bytes"),
    ]
  }

  /// What Keras adds to a deviation.
  static var epsilon: Double { 1e-6 }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      center: try options.flag("center", default: true), deviation: try options.flag("deviation", default: true),
      white: try options.number("white", default: 255, in: 1e-30...1e30))
  }
}
