@_exported import Augmentations
@_exported import Checkpoints
@_exported import Datasets
@_exported import Layers
@_exported import Optimizers
import OrderedCollections

/// How a model is trained: one value per slot.
///
/// Only a loss and an optimizer are required. The other slots have defaults; set those you need in the closure, in any
/// order, or assign them later. Every value composes with every other, and all of them run inside the one compiled
/// step.
///
/// ```swift
/// let method = Method(loss: SoftmaxCrossEntropy(), optimizer: Momentum(learningRate: 0.05)) {
///   $0.gradientRule = SAM(rho: 0.05)
///   $0.preprocessing = Rescaling(dividingBy: 255)
///   $0.penalties = [L1L2(l2: 1e-4)]
/// }
/// print(method.recordedNames)  // ["loss", "accuracy"]
/// ```
public struct Method: Sendable {
  /// The objective to minimize.
  public var loss: any Loss
  /// Turns gradients into updates.
  public var optimizer: any Optimizer
  /// Evaluated besides the loss; by default the loss's ``Loss/defaultMetrics``.
  public var metrics: [any Metric] {
    get { chosenMetrics ?? loss.defaultMetrics }
    set { chosenMetrics = newValue }
  }
  private var chosenMetrics: [any Metric]?
  /// Added to the training loss as functions of the parameters.
  public var penalties: [any Penalty] = []
  /// Turns the data's inputs into the model's inputs.
  public var preprocessing: any Preprocessing = Rescaling()
  /// How standardized targets are brought back to their own unit: metrics are computed there, the loss isn't. Nil for
  /// targets that aren't standardized.
  public var targetScale: TargetScale?
  /// Random changes of training images, applied in this order before or after preprocessing. Evaluation skips them.
  public var augmentations: [any Augmentation] = [] {
    didSet { augmentation = AugmentationPipeline(augmentations) }
  }
  private(set) var augmentation = AugmentationPipeline()
  /// Manifold mixup (Verma et al. 2019, https://arxiv.org/abs/1806.05236): the α of Beta(α, α), from which the weight is
  /// drawn by which each example is mixed with another one of its batch, at a random place: the inputs, or the values behind
  /// one of the model's blocks. The loss is the mean of those for both examples' targets by the same weight. Nil for none.
  public var manifoldMixup: (any Schedule)?
  /// How much the examples of each class count in the training loss; nil if all count alike.
  public var classWeights: ClassWeights?
  /// Which parameters aren't trained: those whose path has a match get no gradient, no memory of the optimizer, no
  /// weight decay and no penalty. Nil to train all.
  public var freeze: PathFilter?
  /// Whether ``freeze`` applies to running statistics as well: batch normalization then computes with them as outside of
  /// training, and they stay as they are, as in Keras. Otherwise they follow the batches, as in PyTorch's training mode.
  public var freezesStatistics = true
  /// How much faster or slower some parameters learn. The first one that matches a path counts.
  public var learningRateFactors: [LearningRateFactor] = []
  /// What a layer's learning rate is multiplied by for each layer between it and the outputs, which have the full rate
  /// (Howard and Ruder 2018, https://arxiv.org/abs/1801.06146; for transformers Clark et al. 2020,
  /// https://arxiv.org/abs/2003.10555); see `DepthGrouping`. Nil for no decay.
  public var layerDecay: Double?
  /// The factors that ``layerDecay`` gives the parameters of a model, by path.
  var depthFactors: [String: Double] = [:]
  /// The groups of consecutive examples in a batch that batch normalization normalizes each by its own mean and variance
  /// (ghost batch normalization, Hoffer et al. 2017, https://arxiv.org/abs/1705.08741), as on so many devices that don't
  /// exchange them. Running statistics follow the mean over groups. Of a part of a batch, which a gradient rule evaluates
  /// by itself, there are fewer, at least 1.
  public var normalizationGroups = 1
  /// Whether callbacks such as ``ReduceOnPlateau`` may change the learning rate, by a factor that is part of the state.
  public var adjustsLearningRate = false
  /// What the loss is multiplied by before gradients are taken. With it, steps whose gradients aren't finite are skipped.
  public var lossScaling = LossScaling.none
  /// Whether a step whose gradients aren't finite is skipped: it changes nothing, and isn't part of the recorded means. The
  /// number of such steps is recorded as `skipped_steps`.
  public var skipsNonFiniteSteps = false
  /// How new parameters are rounded to the type they are stored in.
  public var parameterRounding = ParameterRounding.nearest
  /// Decides where and how often gradients are taken.
  public var gradientRule: any GradientRule = PlainGradient()
  /// Decides which parameters are evaluated and kept.
  public var averaging: any Averaging = NoAveraging()

  public init(loss: any Loss, optimizer: any Optimizer) {
    self.loss = loss
    self.optimizer = optimizer
  }

  /// - Parameter configure: sets further slots.
  /// - Throws: only what `configure` throws.
  public init(loss: any Loss, optimizer: any Optimizer, _ configure: (inout Method) throws -> Void) rethrows {
    self.init(loss: loss, optimizer: optimizer)
    try configure(&self)
  }

  /// The names recorded of training data, in order: `loss`, then those of the metrics that add up over batches.
  public var recordedNames: [String] {
    zip(evaluatedNames, [nil] + metrics.map(Optional.some)).filter { !($1 is any CollectedMetric) }.map(\.0)
  }

  /// The names of what an evaluation gives, in order: `loss`, then all metrics'.
  public var evaluatedNames: [String] { RecordedMetric.names(metrics) }

  /// The names recorded of validation data, in order: `val_loss`, …, and those of alternative averages, `val_raw_loss`.
  public var validationNames: [String] {
    let prefixes = [Self.validationPrefix()] + averaging.alternatives.map { Self.validationPrefix($0.name) }
    return prefixes.flatMap { prefix in evaluatedNames.map { prefix + $0 } }
  }

  /// What the names of validation values begin with.
  /// - Parameter alternative: the name of an alternative average; nil for the parameters that are kept.
  static func validationPrefix(_ alternative: String? = nil) -> String {
    alternative.map { "val_\($0)_" } ?? "val_"
  }
}

extension Method {
  /// The sum of all penalties, nil if there are none.
  func penalty(_ parameters: TensorTree, at progress: Progress) -> Tensor? {
    let terms = penalties.map { $0.scheduled(at: progress)(parameters) }
    return terms.first.map { terms.dropFirst().reduce($0, +) }
  }

  /// For each metric, under its recorded name, its sums over a batch; sums of batches of any size can be added up.
  func sums(_ outputs: Tensor, _ targets: Tensor, _ weights: Tensor?) -> TensorTree {
    var tree = TensorTree()
    let (outputs, targets) = (targetScale?.restored(outputs) ?? outputs, targetScale?.restored(targets) ?? targets)
    for (name, metric) in zip(recordedNames.dropFirst(), summedMetrics) {
      tree[name] = metric.sums(outputs, targets, weights: weights)
    }
    return tree
  }

  /// The metrics that add up over batches, interpreting outputs as the loss does.
  var summedMetrics: [any Metric] {
    metrics.filter { !($0 is any CollectedMetric) }.map { $0.reading(loss.outputKind) }
  }

  /// The metrics that need all outputs at once, interpreting them as the loss does, with the names they are recorded by.
  var collectedMetrics: [(name: String, metric: any CollectedMetric)] {
    zip(evaluatedNames.dropFirst(), metrics).compactMap { name, metric in
      (metric.reading(loss.outputKind) as? any CollectedMetric).map { (name, $0) }
    }
  }

  /// The values of an evaluation, in the order of ``evaluatedNames``.
  func evaluated(
    _ sums: OrderedDictionary<String, Double>, _ collected: [(name: String, value: Double)]
  ) -> OrderedDictionary<String, Double> {
    var values = sums
    for (name, value) in collected { values[name] = value }
    let ordered = evaluatedNames.compactMap { name in values[name].map { (name, $0) } }
    return OrderedDictionary(uniqueKeysWithValues: ordered)
  }

  /// One row: sum and count of the loss, then each metric's sums; in double precision if any metric asks for it.
  func row(lossSum: Tensor, count: Tensor, _ metrics: TensorTree) -> Tensor {
    let dtype = metrics.types.contains { $0.dtype == .float64 } ? .float64 : lossSum.dtype
    let loss = Tensor.stack([lossSum, count].map { $0.cast(to: dtype) })
    return metrics.isEmpty ? loss : Tensor.concatenate([loss] + metrics.tensors.map { $0.cast(to: dtype) })
  }
}
