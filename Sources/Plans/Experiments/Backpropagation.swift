import OrderedCollections
import Reservoirs
import Training

/// How an experiment goes on to train all weights of its network, once its readouts are fitted: by backpropagation through
/// sequences of the training series.
///
/// ```yaml
/// arms:
///   ridge: {}
///   trained: {experiment.training: "backpropagation(optimizer: adam(learningRate: 1e-3), epochs: 20, length: 50)"}
/// ```
struct Backpropagation: Configurable {
  static let declaration = Declaration(
    "backpropagation", "all weights are trained through sequences of the training series",
    standard: Backpropagation(),
    settings: methods + numbers)

  private static let methods: [Setting<Backpropagation>] = [
    Setting("optimizer", \.optimizer, .method, "what turns gradients into updates"),
    Setting("loss", \.loss, .method, "what is minimized"),
    Setting("gradientRule", \.gradientRule, .method, "where and how often gradients are taken"),
    Setting("averaging", \.averaging, .method, "which weights are kept"),
    Setting("penalties", \.penalties, .methods, "what is added to the loss: on changes of the weights"),
  ]

  private static let numbers: [Setting<Backpropagation>] = [
    Setting("epochs", \.epochs, .integer(in: 0...1_000_000), "passes over the training series"),
    Setting("batchSize", \.batchSize, .integer(in: 1...1_000_000), "sequences of a step"),
    Setting("length", \.length, .integer(in: 1...1_000_000), "steps of a sequence that are learned from"),
    Setting("washout", \.washout, .integer(in: 0...1_000_000), "steps before them, from a state of rest"),
    Setting("keepsReservoir", \.keepsReservoir, .flag, "whether only the readouts are trained"),
    Setting("refits", \.refits, .flag, "whether the readouts are fitted again afterwards, by their rules"),
  ]

  /// What `training:` can be, by name.
  static let registry = Registry<Backpropagation>(kind: "Training", [Backpropagation.self])

  var optimizer: any Optimizer = Adam(learningRate: 1e-3)
  var loss: any Loss = MeanSquaredError()
  var gradientRule: any GradientRule = PlainGradient()
  var averaging: any Averaging = NoAveraging()
  var penalties: [any Penalty] = []
  var epochs = 20
  var batchSize = 4
  var length = 50
  var washout = 20
  var keepsReservoir = false
  var refits = false

  private var method: Method {
    Method(loss: loss, optimizer: optimizer) {
      ($0.gradientRule, $0.averaging, $0.penalties, $0.metrics) = (gradientRule, averaging, penalties, [])
      $0.preprocessing = UnchangedInputs()
    }
  }

  /// The network after training, at rest.
  /// - Throws: `ReservoirError` for a node without a derivative, or a series that is too short; as `Trainer.fit` does.
  func trained(_ network: NodeNetwork, on series: Tensor, targets: Tensor, seed: UInt32) throws -> NodeNetwork {
    let layer = try ReservoirLayer(network, keepsReservoir: keepsReservoir, washout: washout)
    let sequences = try layer.sequences(of: series, targets: targets, length: length)
    let data = try LabeledArrays(inputs: sequences.inputs.hostArray(), targets: sequences.targets.hostArray())
    let trainer = try Trainer(
      model: layer, method: method, inputs: data.inputs, precision: Precision(network.dtype), seed: UInt64(seed))
    try trainer.fit(
      data, epochs: epochs, batchSize: min(batchSize, data.count), options: FitOptions(partialBatch: .pad))
    return try layer.trained(by: trainer.variables.parameters)
  }
}

/// A network that learns by regressions first, and then by backpropagation.
struct BackpropagatedNetwork: SeriesModel {
  private var network: NodeNetwork
  private let training: Backpropagation
  private let seed: UInt32

  init(_ network: NodeNetwork, by training: Backpropagation, seed: UInt32) {
    (self.network, self.training, self.seed) = (network, training, seed)
  }

  var dtype: DType { network.dtype }
  var outputs: Int { network.outputs }
  var feedsItself: Bool { network.feedsItself }

  @discardableResult
  mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit {
    var fitted = network
    try fitted.learn(series, targets: targets, washout: washout, readout: rule)
    fitted = try training.trained(fitted, on: series, targets: targets, seed: seed)
    let fit =
      try training.refits
      ? fitted.learn(series, targets: targets, washout: washout, readout: rule)
      : fitted.score(series, targets: targets, washout: washout)
    network = fitted
    return fit
  }

  mutating func follow(_ series: Tensor) throws -> Tensor { try network.follow(series) }
  mutating func rest() throws { try network.rest() }
  mutating func goOn(steps: Int) throws -> Tensor { try network.goOn(steps: steps) }
  func arrays() throws -> OrderedDictionary<String, HostArray> { try network.arrays() }

  func lyapunovExponents(_ count: Int, steps: Int, skipped: Int) throws -> [Double] {
    try network.lyapunovExponents(count, steps: steps, skipped: skipped)
  }
}
