@_exported import Configuration
import Reservoirs
@_exported import Training

/// Everything that decides a run's result, by the names people write.
public struct RunConfiguration: Sendable, Hashable {
  public var data = MethodSpec("digits")
  public var model = MethodSpec("mlp")
  public var loss = MethodSpec("softmaxCrossEntropy")
  public var optimizer = MethodSpec("sgd")
  public var gradientRule = MethodSpec("plain")
  public var averaging = MethodSpec("none")
  public var penalties: [MethodSpec] = []
  /// What is recorded besides the loss: the loss's own metrics where none are named.
  public var metrics: [MethodSpec] {
    get { namedMetrics ?? Self.usualMetrics(of: loss) }
    // Naming what a loss records anyway is the same as naming nothing.
    set { namedMetrics = newValue == Self.usualMetrics(of: loss) ? nil : newValue }
  }
  private var namedMetrics: [MethodSpec]?
  /// What is done to inputs before the model sees them; nil scales bytes to 0...1 and leaves others as they are.
  public var preprocessing: MethodSpec?
  /// Regular expressions for the paths of parameters that aren't trained; see `Method.freeze`.
  public var freeze: [String] = []
  /// What happens to running statistics of the same paths.
  public var frozenStatistics = FrozenStatistics.fixed
  /// How much faster or slower some parameters learn.
  public var learningRateFactors: [LearningRateFactor] = []
  /// What a layer's learning rate is multiplied by for each layer between it and the outputs; nil for no decay.
  public var layerDecay: Double?
  /// The groups of a batch that batch normalization normalizes apart.
  public var normalizationGroups = 1
  /// What watches training: early stopping, checkpoints, ….
  public var callbacks: [MethodSpec] = []
  /// How much the examples of each class count in the training loss; nil if all count alike.
  public var classWeights: ClassWeights?
  /// The α of the weights by which examples are mixed within the model, a number or a schedule; nil if they aren't.
  public var manifoldMixup: OptionValue?
  /// Random changes of training images, in their order.
  public var augmentation: [MethodSpec] = []
  public var epochs = 10
  public var batchSize = 100
  public var seed = 0
  /// The element type that the model computes in; see ``precision``.
  public var dtype = DType.float32
  /// What the loss is multiplied by before gradients are taken.
  public var lossScaling = LossScaling.none
  /// Whether steps whose gradients aren't finite are skipped.
  public var skipsNonFiniteSteps = false
  /// How new parameters are rounded. Those that are rounded at random are stored in ``dtype``, others in `float32` or wider.
  public var parameterRounding = ParameterRounding.nearest
  public var partialBatch = PartialBatch.drop
  public var rng = RNG.keyed
  /// Whether an epoch 0 records the untrained model.
  public var evaluatesBeforeTraining = false
  /// What training steps compute again instead of keeping it for the backward pass.
  public var checkpoint = GradientCheckpointing.none
  /// Whether each of several devices has all of the optimizer's state, or a share.
  public var optimizerState = OptimizerStateLayout.replicated
  /// Training examples to use, the first ones; nil for all.
  public var examples: Int?
  /// A file of weights to start from, see `WeightFile`; nil for random ones.
  public var weights: String?
  /// What becomes of the last layer of a network that starts from weights.
  public var head = Head.keep
  /// Whether arrays that don't fit stay as they are initialized.
  public var allowsPartialWeights = false
  /// What the run is if it isn't a training by `fit`; settings of training then mean nothing, and can't be set.
  public var experiment: MethodSpec?
  /// What the specs name, built once when they were read.
  private var built = BuiltRun()

  public init() {}

  /// - Throws: `ConfigurationError` for what is unknown, of the wrong kind or out of range.
  public init(from options: Options) throws(ConfigurationError) {
    var options = options
    try options.renameDeprecated()
    if let value = try options.optionalMethod("experiment") {
      self = try RunConfiguration(experiment: value, &options)
      return
    }
    data = try options.choice("data", default: data)
    model = try options.choice("model", default: model, list: SequentialArchitecture.notation)
    loss = try options.choice("loss", default: loss)
    optimizer = try options.choice("optimizer", default: optimizer)
    gradientRule = try options.choice("gradientRule", default: gradientRule)
    averaging = try options.choice("averaging", default: averaging)
    penalties = try options.choices("penalties", default: penalties)
    metrics = try options.choices("metrics", default: metrics)
    let prepared = try options.choice("preprocessing", default: MethodSpec("none"))
    preprocessing = prepared == MethodSpec("none") ? nil : prepared
    augmentation = try options.choices("augmentation", default: augmentation)
    let mixing = try options.value("manifoldMixup", Self.mixingFormat, default: nil)
    manifoldMixup = try mixing.map { schedule throws(ConfigurationError) in try Self.mixingFormat.write(schedule) }
    classWeights = try options.classWeights("classWeights")
    freeze = try options.patterns("freeze")
    frozenStatistics = try options.oneOf("frozenStatistics", default: frozenStatistics)
    learningRateFactors = try options.learningRateFactors("learningRateFactors")
    layerDecay = try options.layerDecay("layerDecay")
    normalizationGroups = try options.integer(
      "normalizationGroups", default: normalizationGroups, in: 1...10_000_000)
    callbacks = try options.choices("callbacks", default: callbacks)
    epochs = try options.integer("epochs", default: epochs, in: 0...1_000_000)
    batchSize = try options.integer("batchSize", default: batchSize, in: 1...10_000_000)
    seed = try options.integer("seed", default: seed, in: 0...Int(UInt32.max))
    dtype = try options.oneOf("dtype", default: FloatType.float32).dtype
    lossScaling = try options.value("lossScale", .lossScaling, default: lossScaling)
    skipsNonFiniteSteps = try options.flag("skipNonFinite", default: skipsNonFiniteSteps)
    parameterRounding = try options.parameterRounding("parameterRounding", of: dtype)
    partialBatch = try options.oneOf("partialBatch", default: partialBatch)
    rng = try options.oneOf("rng", default: rng)
    evaluatesBeforeTraining = try options.flag("evaluateBeforeTraining", default: evaluatesBeforeTraining)
    checkpoint = try options.oneOf("checkpoint", default: checkpoint)
    optimizerState = try options.oneOf("optimizerState", default: optimizerState)
    if try options.peek("examples") == .text("all") { _ = options.take("examples") }
    let count = try options.integer("examples", default: 0, in: 0...Int(Int32.max))
    examples = count == 0 ? nil : count
    try readWeights(&options)
    try options.finish("a run")
    data = try data.replacingSeed(by: seed)
    let (method, architecture, source) = (try namedMethod(), try architecture(), try source())
    if optimizerState == .sharded {
      do throws(TrainingError) { try method.checkShardable() } catch {
        throw .invalid(message: error.description, origin: options.origin(of: "optimizerState"))
      }
    }
    try checkCallbacks()
    self = canonical
    built = BuiltRun(specs: specs, source: source, method: method, architecture: architecture)
  }

  /// An experiment takes what it needs besides its own options: data, seed, element type and random numbers.
  private init(experiment: MethodSpec, _ options: inout Options) throws(ConfigurationError) {
    self.experiment = experiment
    data = try options.choice("data", default: MethodSpec("sine"))
    seed = try options.integer("seed", default: seed, in: 0...Int(UInt32.max))
    dtype = try options.oneOf("dtype", default: FloatType.float64).dtype
    rng = try options.oneOf("rng", default: rng)
    epochs = 1
    try options.finish("an experiment")
    data = try data.replacingSeed(by: seed)
    let (experiment, source) = (try makeExperiment(), try source())
    self = canonical
    built = BuiltRun(specs: specs, source: source, experiment: experiment)
  }

  /// What was built, if it is what the specs still name.
  private var current: BuiltRun? { built.specs == specs ? built : nil }

  private var specs: [[MethodSpec]] {
    [[data, model, loss, optimizer, gradientRule, averaging], penalties, namedMetrics ?? [], augmentation]
      + [preprocessing, experiment].map { $0.map { [$0] } ?? [] }
  }

  /// Where the run's data comes from.
  public func source() throws(ConfigurationError) -> any DataSource {
    if let source = current?.source { return source }
    return try Registry<any DataSource>.all.build(data)
  }

  /// The network that the run trains.
  public func architecture() throws(ConfigurationError) -> any Architecture {
    if let architecture = current?.architecture { return architecture }
    return try Registry<any Architecture>.models.build(model)
  }

  /// The experiment that this run is, nil for a training.
  public func makeExperiment() throws(ConfigurationError) -> (any Experiment)? {
    if let experiment = current?.experiment { return experiment }
    return try experiment.map { (spec) throws(ConfigurationError) in try Registry<any Experiment>.all.build(spec) }
  }

  /// What a loss records where no metrics are named; nothing for one that can't be made.
  private static func usualMetrics(of loss: MethodSpec) -> [MethodSpec] {
    let made = try? Registry<any Loss>.all.build(loss)
    return made?.defaultMetrics.map { MethodSpec(type(of: $0).name) } ?? []
  }

  /// The element types of computation and of parameters, which with half precision are `float32` unless they are rounded at
  /// random.
  public var precision: Precision {
    parameterRounding == .stochastic ? Precision(parameters: dtype, computation: dtype) : Precision(dtype)
  }

  /// How ``manifoldMixup`` is written.
  static let mixingFormat = SettingFormat<(any Schedule)?>.optional(.number(in: 0.001...1000), standing: 2.0)

  /// The method with all its slots filled.
  public func method() throws(ConfigurationError) -> Method {
    var made = try namedMethod()
    made.classWeights = classWeights
    if let manifoldMixup {
      var options = Options(["manifoldMixup": manifoldMixup])
      made.manifoldMixup = try options.value("manifoldMixup", Self.mixingFormat, default: nil)
    }
    if !freeze.isEmpty { made.freeze = try PathFilter(including: freeze) }
    made.freezesStatistics = frozenStatistics == .fixed
    made.learningRateFactors = learningRateFactors
    made.layerDecay = layerDecay
    made.normalizationGroups = normalizationGroups
    (made.lossScaling, made.skipsNonFiniteSteps) = (lossScaling, skipsNonFiniteSteps)
    made.parameterRounding = parameterRounding
    made.adjustsLearningRate = try namedCallbacks().contains { type(of: $0).adjustsLearningRate }
    return made
  }

  /// What the specs make of a method.
  private func namedMethod() throws(ConfigurationError) -> Method {
    if let method = current?.method { return method }
    var made = Method(
      loss: try Registry<any Loss>.all.build(loss), optimizer: try Registry<any Optimizer>.all.build(optimizer))
    made.gradientRule = try Registry<any GradientRule>.all.build(gradientRule)
    made.averaging = try Registry<any Averaging>.all.build(averaging)
    if let preprocessing { made.preprocessing = try Registry<any NamedPreprocessing>.all.build(preprocessing) }
    var augmentations: [any Augmentation] = []
    for choice in augmentation { augmentations.append(try Registry<any Augmentation>.all.build(choice)) }
    made.augmentations = augmentations
    made.metrics = []
    for metric in metrics { made.metrics.append(try Registry<any Metric>.all.build(metric)) }
    for penalty in penalties { made.penalties.append(try Registry<any Penalty>.all.build(penalty)) }
    return made
  }

  /// The element types a run can compute in.
  private enum FloatType: String, CaseIterable {
    case float32, float64, bfloat16, float16
    var dtype: DType { DType(rawValue: rawValue) ?? .float32 }
  }
}

/// The values that a run's specs name. Configurations are equal by their specs alone.
private struct BuiltRun: Sendable, Hashable {
  /// What was built, empty for nothing.
  var specs: [[MethodSpec]] = []
  var source: (any DataSource)?
  var method: Method?
  var architecture: (any Architecture)?
  var experiment: (any Experiment)?

  static func == (one: BuiltRun, other: BuiltRun) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}
