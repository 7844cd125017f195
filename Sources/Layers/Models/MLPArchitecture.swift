import Configuration

/// A multilayer perceptron: dense hidden layers with an activation, and a dense output without one.
public struct MLPArchitecture: Architecture {
  public static let name = "mlp"
  public static let summary = "a multilayer perceptron"
  public static let parameters = [
    Parameter("hidden", default: "[100, 50]", "units of the hidden layers"),
    Parameter("activation", default: "relu", "their activation"),
    Parameter("kernel", default: "heNormal", "initializer of the kernels"),
  ]

  public var hidden: [Int]
  public var activation: any Activation
  public var kernel: any Initializer

  public init(hidden: [Int] = [100, 50], activation: any Activation = ReLU(), kernel: any Initializer = .heNormal) {
    self.hidden = hidden
    self.activation = activation
    self.kernel = kernel
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    hidden = try options.integers("hidden", default: [100, 50], in: 1...1_000_000)
    activation = try Catalog<any Activation>.all.make(options.choice("activation", default: Choice("relu")))
    kernel = try Catalog<any Initializer>.all.make(options.choice("kernel", default: Choice("heNormal")))
  }

  public func model(outputs: Int) -> any Layer {
    MLP(hidden + [outputs], activation: activation, kernel: kernel)
  }
}
