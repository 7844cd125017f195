import Tanren

/// max(x, 0)² (So et al. 2021, Primer).
struct SquaredReLU: Activation {
  static let name = "squaredReLU"
  static let summary = "max(x, 0)² (So et al. 2021)"
  var range: ClosedRange<Double> { 0...Double.infinity }

  init() {}
  init(from options: inout Options) throws(ConfigurationError) {}

  func callAsFunction(_ x: Tensor) -> Tensor { x.maximum(0).squared() }
}

/// A comparison to be run again by name. Arms differ by what is compared, and by nothing else.
struct SquaredReLUDigits: Recipe {
  static let name = "squared-relu-digits"
  static let summary = "ReLU and its square on drawn digits"
  var title: String { "ReLU and its square on drawn digits" }

  /// What all arms share: the settings that 'tanren run' takes.
  var base: [String: String] {
    [
      "data": "syntheticDigits(train: 5000, test: 1000)", "optimizer": "sgd(learningRate: 0.1)", "batch": "50",
      "epochs": "10",
    ]
  }

  /// Numbers of a publication go beside an arm: `printed: Printed(test: 97.85, best: 97.88)`, in percent.
  var arms: [Arm] {
    [
      Arm("relu", ["model": "mlp(hidden: [100, 50], activation: relu)"]),
      Arm("squared", ["model": "mlp(hidden: [100, 50], activation: squaredReLU)"]),
    ]
  }

  init() {}
}
