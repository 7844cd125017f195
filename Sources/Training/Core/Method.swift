@_exported import Augmentations
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
