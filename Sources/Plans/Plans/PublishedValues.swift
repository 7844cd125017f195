import Configuration
import OrderedCollections

/// What was published of an arm.
public struct PublishedValues: Sendable, Hashable {
  /// Accuracies in percent: training's and the test set's after the last epoch, and the test set's best.
  public var train: Double?
  public var test: Double?
  public var best: Double?
  /// The epoch of the best.
  public var bestEpoch: Int?
  /// Losses after the last epoch.
  public var trainLoss: Double?
  public var testLoss: Double?
  /// Accuracies in percent and losses after the first epoch.
  public var firstTrain: Double?
  public var firstTest: Double?
  public var firstTrainLoss: Double?
  public var firstTestLoss: Double?
  /// The first epochs at 95, 97 and 98 % on the test set, nil where that was never reached; nil for the whole
  /// where nothing was published.
  public var reached: [Int?]?
  public var seconds: Double?
  /// Other numbers after the last epoch, in their own unit, by the metrics' names.
  public var metrics: OrderedDictionary<String, Double> = [:]
  /// The seed of the published run, whose epochs ``log`` has.
  public var seed: Int?
  /// The published run's epochs, to be compared digit for digit.
  public var log: EpochLog?

  public init(
    train: Double? = nil, test: Double? = nil, best: Double? = nil, bestEpoch: Int? = nil, trainLoss: Double? = nil,
    testLoss: Double? = nil, firstTrain: Double? = nil, firstTest: Double? = nil, firstTrainLoss: Double? = nil,
    firstTestLoss: Double? = nil, reached: [Int?]? = nil, seconds: Double? = nil, seed: Int? = nil,
    log: EpochLog? = nil, metrics: OrderedDictionary<String, Double> = [:]
  ) {
    self.train = train
    self.test = test
    self.best = best
    self.bestEpoch = bestEpoch
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.firstTrain = firstTrain
    self.firstTest = firstTest
    self.firstTrainLoss = firstTrainLoss
    self.firstTestLoss = firstTestLoss
    self.reached = reached
    self.seconds = seconds
    self.seed = seed
    self.log = log
    self.metrics = metrics
  }

  /// The keys of single numbers, as they are written in plans.
  private static let numbers: [(key: String, path: WritableKeyPath<PublishedValues, Double?> & Sendable)] = [
    ("train", \.train), ("test", \.test), ("best", \.best), ("trainLoss", \.trainLoss), ("testLoss", \.testLoss),
    ("firstTrain", \.firstTrain), ("firstTest", \.firstTest), ("firstTrainLoss", \.firstTrainLoss),
    ("firstTestLoss", \.firstTestLoss), ("seconds", \.seconds),
  ]

  /// Reads `{train: 100, test: 97.85, best: 97.88, reached: [2, 5, never], seconds: 41, metrics: ['nrmse(mean:
  /// 0.0024)']}`.
  init(_ options: Options) throws(ConfigurationError) {
    var options = options
    self.init()
    for (key, path) in Self.numbers {
      let value = try options.number(key, default: .nan)
      self[keyPath: path] = value.isNaN ? nil : value
    }
    let epoch = try options.integer("bestEpoch", default: 0, in: 0...Int(Int32.max))
    bestEpoch = epoch == 0 ? nil : epoch
    let origin = options.origin(of: "reached")
    if let value = options.take("reached") {
      guard case .list(let elements) = value.meaning else { throw Self.mismatch(value, origin) }
      var epochs: [Int?] = []
      for element in elements {
        switch element.meaning {
        case .text("never"): epochs.append(nil)
        case .number(let number) where Int(exactly: number) != nil: epochs.append(Int(exactly: number))
        default: throw Self.mismatch(value, origin)
        }
      }
      reached = epochs
    }
    let metricsOrigin = options.origin(of: "metrics")
    if let value = options.take("metrics") { metrics = try Self.metrics(value, metricsOrigin) }
    let published = try options.integer("seed", default: -1, in: 0...Int(UInt32.max))
    seed = published < 0 ? nil : published
    let place = options.origin(of: "log")
    let text = try options.text("log", default: "")
    log = text.isEmpty ? nil : try EpochLog(text, origin: place)
    try options.finish("'published'")
  }

  /// What ``init(_:)`` reads, as lines of YAML: on one line unless there is a log.
  var yaml: [String] {
    let epochs = reached.map { "[" + $0.map { $0.map(String.init) ?? "never" }.joined(separator: ", ") + "]" }
    let pairs =
      Self.numbers.map { key, path in (key, self[keyPath: path].map { "\(OptionValue.number($0))" }) }
      + [("bestEpoch", bestEpoch.map(String.init)), ("reached", epochs), ("seed", seed.map(String.init))]
    let others = metrics.map { "'\($0)(mean: \(OptionValue.number($1)))'" }.joined(separator: ", ")
    let all = pairs + [("metrics", others.isEmpty ? nil : "[\(others)]")]
    let parts = all.compactMap { key, value in value.map { "\(key): \($0)" } }
    guard let log else { return ["published: {\(parts.joined(separator: ", "))}"] }
    return ["published:"] + parts.map { "  " + $0 } + ["  log: |"] + log.lines.map { "    " + $0 }
  }

  private static func metrics(
    _ value: OptionValue, _ origin: String
  ) throws(ConfigurationError) -> OrderedDictionary<String, Double> {
    let mismatch = ConfigurationError.wrongType(
      key: "metrics", expected: "a list of metrics with numbers, ['nrmse(mean: 0.0024)']", found: "\(value)",
      origin: origin)
    guard case .list(let elements) = value else { throw mismatch }
    var metrics: OrderedDictionary<String, Double> = [:]
    for element in elements {
      let metric: MethodSpec
      switch element {
      case .choice(let choice): metric = choice
      case .text(let text): metric = try MethodSpec(parsing: text, origin: origin)
      default: throw mismatch
      }
      var options = metric.options
      guard options.has("mean") else { throw mismatch }
      metrics[metric.name] = try options.number("mean", default: .nan)
      try options.finish(metric.name)
    }
    return metrics
  }

  private static func mismatch(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .wrongType(key: "reached", expected: "a list of epochs and 'never'", found: "\(value)", origin: origin)
  }
}

/// A published log of a training: the metrics of each epoch with all their digits.
public struct EpochLog: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    public let epoch: Int
    /// In the order of ``EpochLog/metrics``.
    public let values: [Double]
  }

  /// The metrics' names, as training records them.
  public let metrics: [String]
  public let rows: [Row]

  /// - Parameters:
  ///   - text: a line with `epoch` and the metrics' names, then a line of numbers per epoch, with spaces between.
  ///   - origin: where the text was written.
  /// - Throws: `ConfigurationError` for a line of anything else, and for two lines of one epoch.
  public init(_ text: String, origin: String = "") throws(ConfigurationError) {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    .filter { !$0.isEmpty }
    guard let names = lines.first, names.first == "epoch", names.count > 1,
      names.allSatisfy({ $0.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_]*/#) != nil })
    else {
      throw .invalid(
        message: "a log begins with a line of names, 'epoch accuracy loss …', as training records them", origin: origin)
    }
    metrics = Array(names.dropFirst())
    var rows: [Row] = []
    var epochs: Set<Int> = []
    for line in lines.dropFirst() {
      let values = line.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
      guard line.count == names.count, values.count == metrics.count, let epoch = Int(line[0]) else {
        throw .invalid(
          message: "a line of a log has an epoch and \(metrics.count) numbers, not '\(line.joined(separator: " "))'",
          origin: origin)
      }
      guard epochs.insert(epoch).inserted else {
        throw .invalid(message: "the log has epoch \(epoch) twice", origin: origin)
      }
      rows.append(Row(epoch: epoch, values: values))
    }
    self.rows = rows
  }

  /// What ``init(_:origin:)`` reads.
  var lines: [String] {
    [(["epoch"] + metrics).joined(separator: " ")]
      + rows.map { row in (["\(row.epoch)"] + row.values.map { "\($0)" }).joined(separator: " ") }
  }
}
