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

  public var defaultArms: [String] { ["lamb-relu", "adam-relu", "lamb-selu", "adam-selu"] }

  public var arms: [Arm] {
    [
      // S3-9 to S3-11.
      Arm(
        "lamb-relu", [:],
        printed: Printed(
          train: 79.08, test: 69.49, trainLoss: 0.6084, testLoss: 0.9479, firstTrain: 20.01, firstTest: 35.93,
          firstTrainLoss: 2.1823, firstTestLoss: 1.7953)),
      Arm("adam-relu", ["optimizer": Self.adam]),
      Arm("lamb-selu", ["model": "cnn(activation: selu)"]),
      Arm(
        "adam-selu", ["model": "cnn(activation: selu)", "optimizer": Self.adam],
        printed: Printed(
          train: 84.19, test: 63.96, trainLoss: 0.4620, testLoss: 1.3445, firstTrain: 37.65, firstTest: 52.02,
          firstTrainLoss: 1.7548, firstTestLoss: 1.3548)),
      // On request: what else goes with the network.
      Arm("sam-lamb-relu", ["rule": "sam(rho: 0.05)"]),
      Arm("ranger-relu", ["optimizer": "radam(learningRate: 0.001)", "averaging": "lookahead(alpha: 0.5, every: 6)"]),
    ]
  }

  private static let lamb = "lamb(preset: tfa, learningRate: 0.001)"
  private static let adam = "adam(style: keras, learningRate: 0.001)"

  public init() {}

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=syntheticImages(train: 400, test: 200)", "epochs=2"]
    case .cpu: ["epochs=10"]
    case .full: []
    }
  }
}
