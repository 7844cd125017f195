import Configuration

/// What an arm changes of a study's base, as values; what stays nil is as in the base.
public struct ArmSettings: Sendable {
  public var data: (any DataSource)?
  public var model: (any Architecture)?
  public var loss: (any Loss)?
  public var optimizer: (any Optimizer)?
  public var gradientRule: (any GradientRule)?
  public var averaging: (any Averaging)?
  public var preprocessing: (any NamedPreprocessing)?
  public var penalties: [any Penalty]?
  public var metrics: [any Metric]?
  public var augmentation: [any Augmentation]?
  /// The α of the weights by which examples are mixed within the model.
  public var manifoldMixup: (any Schedule)?
  /// How much the examples of each class count in the training loss.
  public var classWeights: ClassWeights?
  public var callbacks: [any NamedCallback]?
  /// Regular expressions for the paths of parameters that aren't trained.
  public var freeze: [String]?
  public var learningRateFactors: [LearningRateFactor]?
  /// What a layer's learning rate is multiplied by for each layer between it and the outputs.
  public var layerDecay: Double?
  /// The groups of a batch that batch normalization normalizes apart.
  public var normalizationGroups: Int?
  public var epochs: Int?
  public var batchSize: Int?
  /// The element type that the model computes in.
  public var dtype: DType?
  /// What the loss is multiplied by before gradients are taken.
  public var lossScaling: LossScaling?
  /// Whether steps whose gradients aren't finite are skipped.
  public var skipsNonFiniteSteps: Bool?
  /// How new parameters are rounded to the type they are stored in.
  public var parameterRounding: ParameterRounding?
  /// Training examples to use, the first ones.
  public var examples: Int?
  /// What training steps compute again instead of keeping it for the backward pass.
  public var checkpoint: GradientCheckpointing?
  /// Whether each of several devices has all of the optimizer's state, or a share.
  public var optimizerState: OptimizerStateLayout?

  /// The settings as a plan holds them.
  func overrides(origin: String) -> [Override] {
    var overrides: [Override] = []
    func add(_ key: String, _ method: (any Configurable)?) {
      guard let method else { return }
      overrides.append(
        Override(
          key, writing: { () throws(ConfigurationError) in try OptionValue(method: method) }, origin: origin))
    }
    func add(_ key: String, _ methods: [any Configurable]?) {
      guard let methods else { return }
      overrides.append(
        Override(
          key,
          writing: { () throws(ConfigurationError) in
            var values: [OptionValue] = []
            for method in methods { values.append(try OptionValue(method: method)) }
            return .list(values)
          }, origin: origin))
    }
    func add(_ key: String, _ number: Int?) {
      if let number { overrides.append(Override(key, .number(Double(number)), origin: origin)) }
    }
    add("data", data)
    add("model", model)
    add("loss", loss)
    add("optimizer", optimizer)
    add("gradientRule", gradientRule)
    add("averaging", averaging)
    add("preprocessing", preprocessing)
    add("penalties", penalties)
    add("metrics", metrics)
    add("augmentation", augmentation)
    add("callbacks", callbacks)
    if let freeze { overrides.append(Override("freeze", .list(freeze.map(OptionValue.text)), origin: origin)) }
    if let learningRateFactors {
      let texts = learningRateFactors.map { OptionValue.text($0.text) }
      overrides.append(Override("learningRateFactors", .list(texts), origin: origin))
    }
    if let manifoldMixup {
      overrides.append(
        Override(
          "manifoldMixup",
          writing: { () throws(ConfigurationError) in try RunConfiguration.mixingFormat.write(manifoldMixup) },
          origin: origin))
    }
    if let layerDecay { overrides.append(Override("layerDecay", .number(layerDecay), origin: origin)) }
    if let lossScaling { overrides.append(Override("lossScale", lossScaling.notation, origin: origin)) }
    if let skipsNonFiniteSteps {
      overrides.append(Override("skipNonFinite", .flag(skipsNonFiniteSteps), origin: origin))
    }
    if let classWeights { overrides.append(Override("classWeights", OptionValue(classWeights), origin: origin)) }
    add("epochs", epochs)
    add("batchSize", batchSize)
    add("normalizationGroups", normalizationGroups)
    add("examples", examples)
    func add(_ key: String, _ word: String?) {
      if let word { overrides.append(Override(key, .text(word), origin: origin)) }
    }
    add("dtype", dtype?.rawValue)
    add("parameterRounding", parameterRounding?.rawValue)
    add("checkpoint", checkpoint?.rawValue)
    add("optimizerState", optimizerState?.rawValue)
    return overrides
  }
}
