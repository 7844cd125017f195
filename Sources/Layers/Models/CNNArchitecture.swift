import Configuration

/// Convolutions with an activation, each followed by a maximum over windows of 2x2; then dense layers.
///
/// As it is, the network of article 3: 3x3 convolutions of 32 and 64 filters and a dense output, 42,442 parameters
/// for 32x32 images of 3 channels and 10 classes. Article 1 doesn't give its sizes; ``article1`` are those of the
/// network in PyTorch's CIFAR-10 tutorial, 62,006 parameters.
public struct CNNArchitecture: Architecture {
  public static let name = "cnn"
  public static let summary = "convolutions with 2x2 max pooling, then dense layers"
  public static let parameters = [
    Parameter("filters", default: "[32, 64]", "filters of the convolutions"),
    Parameter("size", default: 3, "rows and columns of their kernels"),
    Parameter("hidden", default: "[]", "units of hidden dense layers"),
    Parameter("activation", default: "relu", "after convolutions and hidden layers"),
    Parameter("kernel", default: "glorotUniform", "initializer of the kernels"),
  ]

  public var filters: [Int]
  public var size: Int
  public var hidden: [Int]
  public var activation: any Activation
  public var kernel: any Initializer

  public init(
    filters: [Int] = [32, 64], size: Int = 3, hidden: [Int] = [], activation: any Activation = ReLU(),
    kernel: any Initializer = .glorotUniform
  ) {
    self.filters = filters
    self.size = size
    self.hidden = hidden
    self.activation = activation
    self.kernel = kernel
  }

  public static let article1 = CNNArchitecture(filters: [6, 16], size: 5, hidden: [120, 84])

  public init(from options: inout Options) throws(ConfigurationError) {
    filters = try options.integers("filters", default: [32, 64], in: 1...100_000)
    size = try options.integer("size", default: 3, in: 1...1000)
    hidden = try options.integers("hidden", default: [], in: 1...1_000_000)
    activation = try Catalog<any Activation>.all.make(options.choice("activation", default: Choice("relu")))
    kernel = try Catalog<any Initializer>.all.make(options.choice("kernel", default: Choice("glorotUniform")))
  }

  public func model(outputs: Int) -> any Layer {
    ImageModel(label: Self.name) {
      for filters in self.filters {
        Conv2D(filters, size: Extent2D(size), activation: activation, kernel: kernel)
        MaxPool2D()
      }
      Flatten()
      for units in hidden {
        Dense(units, kernel: kernel)
        activation
      }
      Dense(outputs, kernel: kernel)
    }
  }
}
