/// Where in a training step an augmentation has its place.
public enum AugmentationStage: Sendable, Hashable {
  /// Before preprocessing: on the data set's own values, 0...255 for bytes.
  case source
  /// After preprocessing: on what the model would be given.
  case prepared
}
