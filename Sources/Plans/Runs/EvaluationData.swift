import OrderedCollections
import Training

/// What a saved model is evaluated on.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let run = Run(RunConfiguration(), data: data)
/// let (trainer, history) = try run.train()
/// let file = try ModelFile(trainer, of: run, after: history.epochs.last)
/// let digits = try EvaluationData(for: file, settings: ["data=syntheticDigits"])
/// print(try TrainedModel(file).evaluate(digits).keys)  // ["loss", "accuracy"]
/// ```
public struct EvaluationData: Sendable {
  /// Of data that are read part by part only the first records.
  public let test: LabeledArrays
  /// Test records in all.
  public let testCount: Int
  /// nil for records that were read with the model's encoding, which are in memory.
  fileprivate let opened: OpenedData?
  /// The data that come before the test data, where a series was divided; nil for a series that begins at rest.
  public let train: LabeledArrays?
  /// Whether these are the data of the run that trained the model.
  public let isOwn: Bool
  /// Where the data came from, for people.
  public let origin: String

  /// The test data of the run that trained the model; with settings such as `data=table(path: new.csv, target: y)` other
  /// data, which are read with the model's statistics, categories and classes if their source can do that, and aren't
  /// divided unless the settings say how.
  /// - Parameters:
  ///   - file: the model.
  ///   - settings: what to change in the run's configuration: `data=…`, `data.path=…`, `metrics=…`.
  ///   - memory: the most bytes that inputs take at a time; nil to have all data in memory. Data that need more are read
  ///     part by part, with the same results; not other data that are read with the model's statistics.
  /// - Throws: `ConfigurationError` for other settings; `DatasetError` for data that can't be read, and for columns,
  ///   categories and classes that the model doesn't know; ``ModelFileError`` for inputs or classes that aren't those of the
  ///   training data.
  public init(
    for file: ModelFile, settings: [String] = [], from folders: DataFolders = DataFolders(),
    progress: DownloadProgress? = nil, memory: Int? = nil
  ) throws {
    let configuration = try file.configuration.overridden(by: settings)
    let source = try configuration.source()
    let given = Self.given(settings)
    if let given, let source = source as? any EncodedSource, let encoding = file.data.encoding,
      let read = try source.records(
        encodedBy: encoding, classNames: file.data.classNames, given: given, from: folders)
    {
      let needed = 2 * read.records.inputs.bytes.count
      if let memory, needed > memory { throw TrainingError.beyondMemory(needed: needed, limit: memory) }
      (test, testCount, opened) = (read.records, read.records.count, nil)
      (train, isOwn, origin) = (nil, false, read.origin)
      return
    }
    let opened = try OpenedData(
      source, named: configuration.data.name, folders: folders, progress: progress, memory: memory)
    try file.data.check(ModelData(opened.pair))
    (test, testCount, self.opened) = (opened.pair.test, opened.test.count, opened)
    (train, isOwn, origin) = (opened.pair.train, given == nil, opened.description)
  }

  /// The names of the source's settings that were given, those of defaults among them; nil if no data were named.
  private static func given(_ settings: [String]) -> Set<String>? {
    var given: Set<String>?
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1)
      let key = parts.first?.filter { !$0.isWhitespace } ?? ""
      if key.hasPrefix("data.") {
        given = (given ?? []).union([String(key.dropFirst("data.".count))])
      } else if key == "data" {
        given = []
        if case .choice(let source)? = parts.last.flatMap({ try? OptionValue(parsing: String($0)) }) {
          given = Set(source.options.pairs.map(\.key))
        }
      }
    }
    return given
  }
}

extension TrainedModel {
  /// Loss and metrics on a saved model's own data or others.
  /// - Throws: as `Trainer.evaluate` does.
  public func evaluate(_ data: EvaluationData) throws -> OrderedDictionary<String, Double> {
    try data.opened.map { try evaluate($0) } ?? evaluate(data.test)
  }
}

extension ReservoirModel {
  /// The metrics that the model's experiment records of test data.
  ///
  /// On its own run's data they are those of the run. A prediction on other data begins at rest, and the first steps, as
  /// many as the experiment's `washout`, don't count; they drive a generation, which is compared with the rest.
  /// - Throws: `ReservoirError` for data that don't fit; ``ModelFileError/configuration(_:)``.
  public func evaluate(_ data: EvaluationData) throws -> OrderedDictionary<String, Double> {
    guard let experiment = try file.configuration.makeExperiment() as? any ReservoirExperiment else {
      throw ModelFileError.wrongKind(found: .network, wanted: .reservoir)
    }
    if data.opened?.isReadInParts == true { throw DatasetError(.notInParts(what: "a reservoir's data")) }
    try data.test.checkFinite("test")
    let start: ReservoirStart = data.isOwn ? .run(data.train) : data.train.map { .after($0) } ?? .rest
    return try experiment.scores(of: fitted, on: data.test, from: start)
  }
}
