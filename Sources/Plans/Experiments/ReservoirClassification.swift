import Figures
import OrderedCollections
import Reservoirs

/// An echo state network that classifies sequences: the states' means over parts of each sequence are what a readout
/// learns the classes from.
///
/// Records are `[frames, channels]`, whose last channel is 1 within a sequence and 0 after its end, as in
/// `VowelsSource`. Each sequence begins at rest.
public struct ReservoirClassification: Experiment, EnsembleExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirClassification", "an echo state network classifies sequences", standard: ReservoirClassification(),
    settings: [
      Setting("parts", \.parts, .integer(in: 1...1000), "parts of a sequence whose mean states are taken")
    ] + ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: false, washout: 0, readout: CholeskyReadout())
  var parts = 3

  init() {}

  func warning(_ dtype: DType) -> String? { settings.warning(dtype) }

  public var recordedMetrics: [String] { ["error", "errors", "train_error"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    let network = try network(for: data, setting)
    let (classifier, train) = try EchoStateClassifier.fit(
      network, parts: parts, to: Tensor(data.train.inputs), labels: Tensor(data.train.targets),
      classes: network.reservoir.outputs, readout: settings.readout)
    return try result(
      classifier, learned: classifier.classes(ofFeatures: train),
      predicted: classifier.classes(of: Tensor(data.test.inputs)), data)
  }

  func network(for data: DatasetPair, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    guard let classes = data.train.classCount, data.train.inputs.shape.count == 3, data.test.inputs.shape.count == 3
    else {
      throw ConfigurationError.invalid(
        message: "needs sequences [frames, channels] of classes, as 'vowels' has them", origin: Self.name)
    }
    return try settings.network(inputs: data.train.inputs.shape[2], outputs: classes, setting)
  }

  func run(
    _ ensemble: inout ReservoirEnsemble, readouts: [any ReadoutRule], on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let all = try EnsembleClassifiers(
      ensemble, parts: parts, to: Tensor(data.train.inputs), labels: Tensor(data.train.targets),
      classes: ensemble[0].reservoir.outputs, readouts: readouts)
    let learned = try all.classes(ofFeatures: all.features)
    let predicted = try all.classes(of: Tensor(data.test.inputs))
    return try all.classifiers.indices.map { index in
      try result(all.classifiers[index], learned: learned[index], predicted: predicted[index], data)
    }
  }

  private func result(
    _ classifier: EchoStateClassifier, learned: [Int32], predicted: [Int32], _ data: DatasetPair
  ) throws -> ExperimentResult {
    let (learned, test) = (try Mistakes(learned, data.train), try Mistakes(predicted, data.test))
    let perClass = (0..<classifier.network.reservoir.outputs).map { label in
      Double(test.labels.count { $0 == label })
    }
    return ExperimentResult(
      metrics: test.metrics.merging(["train_error": learned.share]) { $1 },
      charts: [
        Chart(
          "errors on the test data", x: ChartAxis("class"), y: ChartAxis("errors"),
          lines: [LineSeries("errors", y: perClass, from: 1)])
      ], fitted: .classifier(classifier))
  }

  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    guard case .classifier(let classifier) = fitted else {
      throw ReservoirError.malformedFile(
        path: nil, reason: "it holds a network for series, but its experiment fits a classifier")
    }
    return try Mistakes(classifier.classes(of: Tensor(test.inputs)), test).metrics
  }

  /// The sequences that a class was predicted wrong for.
  private struct Mistakes {
    /// Their own classes.
    let labels: [Int]
    let total: Int

    init(_ classes: [Int32], _ records: LabeledArrays) throws {
      labels = zip(classes, try records.labels()).filter { $0 != $1 }.map { Int($1) }
      total = records.count
    }

    var share: Double { Double(labels.count) / Double(total) }
    var metrics: OrderedDictionary<String, Double> { ["error": share, "errors": Double(labels.count)] }
  }
}
