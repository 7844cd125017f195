@_exported import Configuration
@_exported import Training

/// Everything that decides a run's result, by the names people write.
public struct RunConfiguration: Sendable, Hashable {
  public var data = Choice("digits")
  public var model = Choice("mlp")
  public var loss = Choice("softmaxCrossEntropy")
  public var optimizer = Choice("sgd")
  public var rule = Choice("plain")
  public var averaging = Choice("none")
  public var penalties: [Choice] = []
  /// What is recorded besides the loss: the loss's own metrics where none are named.
  public var metrics: [Choice] {
    get { namedMetrics ?? Self.usualMetrics(of: loss) }
    // Naming what a loss records anyway is the same as naming nothing.
    set { namedMetrics = newValue == Self.usualMetrics(of: loss) ? nil : newValue }
  }
  private var namedMetrics: [Choice]?
  /// What is done to inputs before the model sees them; nil scales bytes to 0...1 and leaves others as they are.
  public var preprocessing: Choice?
  /// Random changes of training images, in their order.
  public var augmentation: [Choice] = []
  public var epochs = 10
  public var batch = 100
  public var seed = 0
  /// The element type that the model computes in; see ``precision``.
  public var dtype = DType.float32
  public var remainder = PartialBatch.drop
  public var draws = Draws.keyed
  /// Whether an epoch 0 records the untrained model.
  public var untrained = false
  /// Training examples to use, the first ones; nil for all.
  public var examples: Int?
  /// What the run is if it isn't a training by `fit`; settings of training then mean nothing, and can't be set.
  public var experiment: Choice?

  public init() {}

  /// - Throws: `ConfigurationError` for what is unknown, of the wrong kind or out of range.
  public init(from options: Options) throws(ConfigurationError) {
    var options = options
    if let value = try options.optionalChoice("experiment") {
      self = try RunConfiguration(experiment: value, &options)
      return
    }
    data = try options.choice("data", default: data)
    model = try options.choice("model", default: model)
    loss = try options.choice("loss", default: loss)
    optimizer = try options.choice("optimizer", default: optimizer)
    rule = try options.choice("rule", default: rule)
    averaging = try options.choice("averaging", default: averaging)
    penalties = try options.choices("penalties", default: penalties)
    metrics = try options.choices("metrics", default: metrics)
    let prepared = try options.choice("preprocessing", default: Choice("none"))
    preprocessing = prepared == Choice("none") ? nil : prepared
    augmentation = try options.choices("augmentation", default: augmentation)
    epochs = try options.integer("epochs", default: epochs, in: 0...1_000_000)
    batch = try options.integer("batch", default: batch, in: 1...10_000_000)
    seed = try options.integer("seed", default: seed, in: 0...Int(UInt32.max))
    dtype = try options.oneOf("dtype", default: FloatType.float32).dtype
    remainder = try options.oneOf("remainder", default: remainder)
    draws = try options.oneOf("draws", default: draws)
    untrained = try options.flag("untrained", default: untrained)
    if try options.peek("examples") == .text("all") { _ = options.take("examples") }
    let count = try options.integer("examples", default: 0, in: 0...Int(Int32.max))
    examples = count == 0 ? nil : count
    try options.finish("a run")
    _ = try method()
    _ = try Catalog<any Architecture>.all.make(model)
    _ = try Catalog<any DataSource>.all.make(data)
    self = canonical
  }

  /// An experiment takes what it needs besides its own options: data, seed, element type and draws.
  private init(experiment: Choice, _ options: inout Options) throws(ConfigurationError) {
    self.experiment = experiment
    data = try options.choice("data", default: Choice("sine"))
    seed = try options.integer("seed", default: seed, in: 0...Int(UInt32.max))
    dtype = try options.oneOf("dtype", default: FloatType.float64).dtype
    draws = try options.oneOf("draws", default: draws)
    epochs = 1
    try options.finish("an experiment")
    _ = try makeExperiment()
    _ = try Catalog<any DataSource>.all.make(data)
    self = canonical
  }

  /// What a loss records where no metrics are named; nothing for one that can't be made.
  private static func usualMetrics(of loss: Choice) -> [Choice] {
    let made = try? Catalog<any Loss>.all.make(loss)
    return made?.defaultMetrics.map { Choice(type(of: $0).name) } ?? []
  }

  /// The element types of computation and of parameters, which with half precision are `float32`.
  public var precision: Precision { Precision(dtype) }

  /// The method with all its slots filled.
  public func method() throws(ConfigurationError) -> Method {
    var made = Method(
      loss: try Catalog<any Loss>.all.make(loss), optimizer: try Catalog<any Optimizer>.all.make(optimizer))
    made.gradientRule = try Catalog<any GradientRule>.all.make(rule)
    made.averaging = try Catalog<any Averaging>.all.make(averaging)
    if let preprocessing { made.preprocessing = try Catalog<any NamedPreprocessing>.all.make(preprocessing) }
    var augmentations: [any Augmentation] = []
    for choice in augmentation { augmentations.append(try Catalog<any Augmentation>.all.make(choice)) }
    made.augmentations = augmentations
    made.metrics = []
    for metric in metrics { made.metrics.append(try Catalog<any Metric>.all.make(metric)) }
    for penalty in penalties { made.penalties.append(try Catalog<any Penalty>.all.make(penalty)) }
    return made
  }

  /// The element types a run can compute in.
  private enum FloatType: String, CaseIterable {
    case float32, float64, bfloat16, float16
    var dtype: DType { DType(rawValue: rawValue) ?? .float32 }
  }
}
