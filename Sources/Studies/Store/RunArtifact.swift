/// A file or folder that belongs to a run.
public struct RunArtifact: Sendable, Hashable {
  public let kind: String
  /// Absolute, or relative to where the program was started.
  public let path: String
}
