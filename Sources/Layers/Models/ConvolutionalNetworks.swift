import Configuration

/// Convolutions with an activation, each followed by 2x2 max pooling; then dense layers.
///
/// For 32x32 images with 3 channels and 10 classes, the default has 42,442 parameters, and
/// `CNNArchitecture(filters: [6, 16], size: 5, hidden: [120, 84])`, the network of PyTorch's CIFAR-10 tutorial
/// (https://pytorch.org/tutorials/beginner/blitz/cifar10_tutorial.html), has 62,006.
public struct CNNArchitecture: Architecture {
  public static let declaration = Declaration(
    "cnn", "convolutions with 2x2 max pooling, then dense layers", standard: CNNArchitecture(),
    settings: [
      Setting("filters", \.filters, .integers(in: 1...100_000), "filters of each convolution"),
      Setting("size", \.size, .integer(in: 1...1000), "rows and columns of the convolutions' kernels"),
      Setting("hidden", \.hidden, .integers(in: 1...1_000_000), "units of the hidden dense layers"),
      Setting("activation", \.activation, .method, "activation of convolutions and hidden layers"),
      Setting("kernel", \.kernel, .method, "initializer of the kernels"),
    ])

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

/// Three blocks of three 3x3 convolutions, each with batch normalization and ReLU; 2x2 average pooling between blocks,
/// then global average pooling and a dense output.
///
/// For 32x32 images with 3 channels and 10 classes it has 1,927,946 parameters, of which 2,688 are running statistics.
public struct NineConvArchitecture: Architecture {
  public static let declaration = Declaration(
    "nineConv", "three blocks of three convolutions with batch normalization", standard: NineConvArchitecture(),
    settings: [
      Setting("filters", \.filters, .integers(in: 1...100_000), "filters of each block's convolutions"),
      Setting("repeats", \.repeats, .integer(in: 1...100), "convolutions per block"),
    ] + BatchNormConvention.settings.of(\.normalization))

  public var filters: [Int]
  public var repeats: Int
  public var normalization: BatchNormConvention

  public init(filters: [Int] = [64, 128, 256], repeats: Int = 3, normalization: BatchNormConvention = .keras) {
    self.filters = filters
    self.repeats = repeats
    self.normalization = normalization
  }

  public func model(outputs: Int) -> any Layer {
    ImageModel(label: Self.name) {
      for (block, filters) in self.filters.enumerated() {
        if block > 0 { AveragePool2D() }
        for _ in 0..<Swift.max(0, repeats) {
          Conv2D(filters, size: 3, padding: .same)
          BatchNorm(normalization, activation: ReLU())
        }
      }
      GlobalAveragePool2D()
      Dense(outputs)
    }
  }
}
