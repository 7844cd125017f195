/// A checkpoint that belongs to what a store knows of a run.
public struct StoredCheckpoint: Sendable, Hashable {
  /// A checkpoint folder; relative to ``StudyStore/filesFolder``.
  public let folder: String
  /// The checkpoint's number in the folder.
  public let number: Int
}
