import Configuration

/// A fully connected layer on the last axis: `x · kernel + bias`, kernel `[inputs, units]`, bias `[units]`.
public struct Dense: ComposableLayer {
  public static let declaration = Declaration(
    "dense", "fully connected layer on the last axis", standard: Dense.outputs,
    settings: [
      Setting(
        "units", \.units, .optional(.integer(in: 1...10_000_000), none: "outputs", standing: 1),
        "units; 'outputs' are as many as the data have classes or targets"),
      Setting("bias", \.optionalBias, .bias, "the bias added to each unit"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
      Setting("kernel", \.kernel, .method, "initializer of the kernel"),
    ])

  /// Nil for as many as the data have classes or targets, which a model by name knows.
  public var units: Int?
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer
  public var bias: any Initializer

  public init(
    _ units: Int, hasBias: Bool = true, activation: (any Activation)? = nil, kernel: any Initializer = .glorotUniform,
    bias: any Initializer = .zeros
  ) {
    self.units = units
    self.hasBias = hasBias
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
  }

  /// As many units as the data have classes or targets, in a model by name.
  public static var outputs: Dense {
    var layer = Dense(1)
    layer.units = nil
    return layer
  }

  public func fitted(outputs: Int) -> any Layer {
    var layer = self
    layer.units = units ?? outputs
    return layer
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let units, units > 0 else {
      let message =
        units.map { "needs 1 unit or more, not \($0)" }
        ?? "has as many units as the data have outputs, which only a model by name knows: give a number"
      return .failed(Diagnostic(operation: "dense", message: message, inputs: [x.type]))
    }
    guard x.rank >= 2 else {
      return .failed(
        Diagnostic(operation: "dense", message: "takes [batch, …, inputs]: flatten or reshape first", inputs: [x.type]))
    }
    var y = x.matmul(scope.parameter("kernel", [x.shape.last, units], kernel))
    if hasBias { y = y + scope.parameter("bias", [units], bias) }
    return activation?(y) ?? y
  }

  private var optionalBias: (any Initializer)? {
    get { hasBias ? bias : nil }
    set { (hasBias, bias) = (newValue != nil, newValue ?? .zeros) }
  }
}
