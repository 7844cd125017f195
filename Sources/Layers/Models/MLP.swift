import Configuration

/// A multilayer perceptron: fully connected layers with an activation between them. Inputs with more than two axes are
/// flattened first.
///
/// ```swift
/// MLP([100, 50, 10], activation: HSwish(n: 3))
/// ```
/// The paths are those of a ``Sequential``: `dense1`, `hSwish1`, `dense2`, …
public struct MLP: Layer {
  public var label: String { "mlp" }

  /// The units of each layer; the last are the outputs.
  public var units: [Int]
  public var activation: any Activation
  /// The activation of the last layer; nil returns logits.
  public var output: (any Activation)?
  public var kernel: any Initializer
  public var bias: any Initializer

  public init(
    _ units: [Int], activation: any Activation = ReLU(), output: (any Activation)? = nil,
    kernel: any Initializer = .glorotUniform, bias: any Initializer = .zeros
  ) {
    self.units = units
    self.activation = activation
    self.output = output
    self.kernel = kernel
    self.bias = bias
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if units.isEmpty {
      return .failed(Diagnostic(operation: label, message: "needs the units of 1 layer or more", inputs: [x.type]))
    }
    return Sequential {
      if x.rank > 2 { Flatten() }
      for units in self.units.dropLast() {
        Dense(units, kernel: kernel, bias: bias)
        activation
      }
      for units in self.units.suffix(1) { Dense(units, kernel: kernel, bias: bias) }
      if let output { output }
    }.forward(x, in: scope)
  }
}

/// A multilayer perceptron by name: see ``MLP``. Its outputs are logits.
public struct MLPArchitecture: Architecture {
  public static let declaration = Declaration(
    "mlp", "multilayer perceptron", standard: MLPArchitecture(),
    settings: [
      Setting("hidden", \.hidden, .integers(in: 1...1_000_000), "units of the hidden layers"),
      Setting("activation", \.activation, .method, "activation of the hidden layers"),
      Setting("kernel", \.kernel, .method, "initializer of the kernels"),
    ])

  public var hidden: [Int]
  public var activation: any Activation
  public var kernel: any Initializer

  public init(hidden: [Int] = [100, 50], activation: any Activation = ReLU(), kernel: any Initializer = .heNormal) {
    self.hidden = hidden
    self.activation = activation
    self.kernel = kernel
  }

  public func model(outputs: Int) -> any Layer {
    MLP(hidden + [outputs], activation: activation, kernel: kernel)
  }
}
