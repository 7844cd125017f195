import Configuration
@_exported import Tensors

/// A random change of training images, made inside the compiled step.
///
/// An augmentation draws everything from the key it is given, a value an image. ``AugmentationPipeline`` derives
/// that key from the augmentation's name, so that adding another one leaves its draws as they were.
public protocol Augmentation: Catalogued {
  /// Whether it sees the data set's own values or those that the model is given.
  var stage: AugmentationStage { get }

  /// The changed batch. Images may come back in another element type; shapes stay.
  func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch

  /// - Throws: ``AugmentationError`` for a setting that can't be, or can't be for images of this size.
  func check(_ images: ImageShape) throws(AugmentationError)
}

extension Augmentation {
  public var stage: AugmentationStage { .source }
  public func check(_ images: ImageShape) throws(AugmentationError) {}
}
