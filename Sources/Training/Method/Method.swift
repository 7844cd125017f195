@_exported import Augmentations
@_exported import Checkpoints
@_exported import Datasets
@_exported import Layers
@_exported import Optimizers

/// How a model is trained: a value for each of the slots that `Trainer.fit` knows. Every value composes with every
/// other, and all of it is inside the one compiled step.
public struct Method: Sendable {
  public var loss: any Loss
  /// Penalties on parameters, added to the loss's objective.
  public var penalties: [any Penalty]
  public var metrics: [any Metric]
  public var preprocessing: any Preprocessing
  /// Random changes of training images, before and after preprocessing. Evaluation knows nothing of them.
  public var augmentation: AugmentationPipeline
  public var gradientRule: any GradientRule
  public var optimizer: any Transform
  public var averaging: any Averaging

  /// - Parameter metrics: what is recorded besides the loss; the loss's ``Loss/defaultMetrics`` by default.
  public init(
    loss: any Loss, optimizer: any Optimizer, metrics: [any Metric]? = nil, penalties: [any Penalty] = [],
    preprocessing: any Preprocessing = Rescaling(), augmentations: [any Augmentation] = [],
    gradientRule: any GradientRule = PlainGradient(), averaging: any Averaging = NoAveraging()
  ) {
    self.loss = loss
    self.optimizer = optimizer.transform
    self.metrics = metrics ?? loss.defaultMetrics
    self.penalties = penalties
    self.preprocessing = preprocessing
    augmentation = AugmentationPipeline(augmentations)
    self.gradientRule = gradientRule
    self.averaging = averaging
  }
}

extension Method {
  func penalty(_ parameters: TensorTree) -> Tensor? {
    penalties.isEmpty ? nil : penalties.dropFirst().reduce(penalties[0](parameters)) { $0 + $1(parameters) }
  }

  /// The names of what is recorded of a data set, in order: `loss`, then the metrics'.
  public var recordedNames: [String] { RecordedMetric.names(metrics) }

  /// For each metric its sums over the batch, which batches of any size add up exactly, by the metric's recorded name.
  func sums(_ outputs: Tensor, _ targets: Tensor, _ weights: Tensor?) -> TensorTree {
    var tree = TensorTree()
    for (name, metric) in zip(recordedNames.dropFirst(), readMetrics) {
      tree[name] = metric.sums(outputs, targets, weights: weights)
    }
    return tree
  }

  /// The metrics, reading outputs as the loss does.
  var readMetrics: [any Metric] { metrics.map { $0.reading(loss.outputKind) } }

  /// Sum and count of the loss, then the sums of each metric, in one row; in double precision where a metric asks for it.
  func row(lossSum: Tensor, count: Tensor, _ metrics: TensorTree) -> Tensor {
    let dtype = metrics.types.contains { $0.dtype == .float64 } ? .float64 : lossSum.dtype
    let loss = Tensor.stack([lossSum, count].map { $0.cast(to: dtype) })
    return metrics.isEmpty ? loss : Tensor.concatenate([loss] + metrics.tensors.map { $0.cast(to: dtype) })
  }
}
