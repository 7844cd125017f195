import Configuration

/// Scales each channel of images by a number between 0 and 1 that two 1x1 convolutions compute of the channels' means
/// (Hu et al. 2017, https://arxiv.org/abs/1709.01507).
///
/// The paths are torchvision's: `fc1/…` and `fc2/…`.
public struct SqueezeExcitation: ComposableLayer {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "squeezeExcitation", "scales each channel by what all channels' means say", standard: SqueezeExcitation(),
    reference: Reference("Hu et al.", 2017, "Squeeze-and-Excitation Networks", "https://arxiv.org/abs/1709.01507"),
    settings: [
      Setting("reduction", \.reduction, .integer(in: 1...1_000_000), "how many channels become one hidden unit"),
      Setting(
        "hidden", \.hidden, .optional(.integer(in: 1...1_000_000), none: "reduced", standing: 1),
        "hidden units; 'reduced' are the channels divided by the reduction"),
      Setting("activation", \.activation, .method, "activation of the hidden units"),
      Setting("gate", \.gate, .method, "activation of the scales: sigmoid, hardSigmoid"),
    ])

  public var reduction: Int
  /// Nil for the channels divided by the reduction.
  public var hidden: Int?
  public var activation: any Activation
  public var gate: any Activation

  public init(
    reduction: Int = 16, hidden: Int? = nil, activation: any Activation = ReLU(), gate: any Activation = Sigmoid()
  ) {
    (self.reduction, self.hidden, self.activation, self.gate) = (reduction, hidden, activation, gate)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, x.dtype.isFloatingPoint, reduction >= 1 else {
      let message = "takes images [batch, height, width, channels] and has a reduction of 1 or more, not \(reduction)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let channels = x.shape.last
    let means = x.upcast.mean([1, 2], keepDims: true).cast(to: x.dtype)
    let units = hidden ?? Swift.max(1, channels / reduction)
    let squeezed = activation(Conv2D(units, size: 1, kernel: .torchLinear)(means, in: scope["fc1"]))
    return x * gate(Conv2D(channels, size: 1, kernel: .torchLinear)(squeezed, in: scope["fc2"]))
  }
}
