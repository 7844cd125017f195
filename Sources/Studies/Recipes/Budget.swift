/// How much of a recipe is run.
public enum Budget: String, Sendable, CaseIterable {
  /// Shows in seconds that every arm runs; its numbers mean nothing.
  case smoke
  /// What a few cores manage in minutes.
  case cpu
  /// What was published.
  case full

  public var summary: String {
    switch self {
    case .smoke: "two epochs on few synthetic images"
    case .cpu: "what a few cores manage"
    case .full: "what was published"
    }
  }
}
