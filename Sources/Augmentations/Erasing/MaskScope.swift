/// How often an augmentation draws.
public enum MaskScope: String, Sendable, Hashable, CaseIterable {
  /// Anew for each image.
  case image
  /// Once for all images of a batch.
  case batch

  /// How many draws a batch of `count` needs.
  func draws(_ count: Int) -> Int { self == .image ? count : 1 }
}
