import Figures
import Reservoirs

/// An echo state network that classifies sequences: the states' means over parts of each sequence are what a readout
/// learns the classes from.
///
/// Records are `[frames, channels]`, whose last channel is 1 within a sequence and 0 after its end, as in
/// `VowelsSource`. Each sequence begins at rest.
public struct ReservoirClassification: Experiment {
  public static let declaration = Declaration(
    "reservoirClassification", "an echo state network classifies sequences", standard: ReservoirClassification(),
    settings: [
      Setting("parts", \.parts, .integer(in: 1...1000), "parts of a sequence whose mean states are taken")
    ] + ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: false, washout: 0, readout: CholeskyReadout())
  var parts = 3

  init() {}

  public var recordedMetrics: [String] { ["error", "errors", "train_error"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    guard let classes = data.train.classCount, data.train.inputs.shape.count == 3, data.test.inputs.shape.count == 3
    else {
      throw ConfigurationError.invalid(
        message: "needs sequences [frames, channels] of classes, as 'vowels' has them", origin: Self.name)
    }
    let network = try settings.network(inputs: data.train.inputs.shape[2], outputs: classes, setting)
    let train = try features(data.train, network)
    let labels = Tensor(data.train.targets)
    let found = try settings.readout.weights(train, labels.oneHot(classes, dtype: setting.dtype))
    func mistakes(_ features: Tensor, _ records: LabeledArrays) throws -> (count: Int, confusions: [Int]) {
      let units = features.shape[1]
      let outputs = features.matmul(found.tensor.slice(0..<units)) + found.tensor[units]
      let classes: [Int32] = try outputs.argMax().cast(to: .int32).values()
      let wrong = zip(classes, try records.labels()).filter { $0 != $1 }
      return (wrong.count, wrong.map { Int($1) })
    }
    let test = try mistakes(try features(data.test, network), data.test)
    let learned = try mistakes(train, data.train)
    let perClass = (0..<classes).map { label in Double(test.confusions.count { $0 == label }) }
    return ExperimentResult(
      metrics: [
        "error": Double(test.count) / Double(data.test.count), "errors": Double(test.count),
        "train_error": Double(learned.count) / Double(data.train.count),
      ],
      charts: [
        Chart(
          "errors on the test data", x: ChartAxis("class"), y: ChartAxis("errors"),
          lines: [LineSeries("errors", y: perClass, from: 1)])
      ])
  }

  /// For each sequence the mean states of its parts, one after the other: `[sequences, parts·units]`.
  private func features(_ records: LabeledArrays, _ network: EchoStateNetwork) throws -> Tensor {
    var network = network
    try network.reset(sequences: records.count)
    let inputs = Tensor(records.inputs)
    let states = try network.drive(inputs: inputs)
    let frames = inputs.shape[1]
    let present = inputs.slice(inputs.shape[2] - 1..<inputs.shape[2], axis: 2).squeeze(2).cast(to: states.dtype)
    let place = Tensor.iota([records.count, frames], axis: 1, dtype: states.dtype)
    let part = (place * Double(parts) / present.sum([1], keepDims: true).maximum(1)).floor()
    let means = (0..<parts).map { index in
      let weights = present * (part .== Double(index)).cast(to: states.dtype)
      let sums = weights.expand(at: 1).matmul(states).squeeze(1)
      return sums / weights.sum([1], keepDims: true).maximum(1)
    }
    return try Tensor.concatenate(means, axis: 1).evaluate()
  }
}
