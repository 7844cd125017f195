import Configuration

/// Article 3: LAMB and Adam on CIFAR-10 (S3-5 to S3-13).
///
/// The article's LAMB trains a network with ReLU, its Adam one with SELU: two things differ at once. Here each
/// optimizer trains each.
public struct LAMBCNN: Recipe {
  public static let name = "lamb-cnn"
  public static let summary = "LAMB and Adam, each with ReLU and SELU, on CIFAR-10 (article 3)"
  public var title: String { "Article 3: LAMB and Adam on CIFAR-10" }
  public var targets: [Double] { [0.5, 0.6, 0.65] }

  /// Convolutions of 32 and 64 filters, 42,442 parameters with Glorot's uniform kernels; bytes over 255; 500 batches
  /// of 100. LAMB is tfa's, Adam is Keras'.
  public var base: [String: String] {
    ["data": "cifar10", "model": "cnn(activation: relu)", "optimizer": Self.lamb, "batch": "100", "epochs": "50"]
  }

  public var arms: [Arm] {
    [
      Arm("lamb-relu", [:], printed: Printed(train: 79.08, test: 69.49)),
      Arm("adam-relu", ["optimizer": Self.adam]),
      Arm("lamb-selu", ["model": "cnn(activation: selu)"]),
      Arm(
        "adam-selu", ["model": "cnn(activation: selu)", "optimizer": Self.adam],
        printed: Printed(train: 84.19, test: 63.96)),
    ]
  }

  private static let lamb = "lamb(preset: tfa, rate: 0.001)"
  private static let adam = "adam(style: keras, rate: 0.001)"

  public init() {}

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=syntheticImages(train: 400, test: 200)", "epochs=2"]
    case .cpu: ["epochs=10"]
    case .full: []
    }
  }
}
