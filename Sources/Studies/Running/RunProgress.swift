/// Which run of a study is being trained.
public struct RunProgress: Sendable, Hashable {
  /// Counted from 1, among all runs of the study.
  public let number: Int
  public let count: Int
  public let arm: String
  public let seed: Int
  /// Runs that one program trains, this one the first of them; 1 where it is trained alone.
  public let together: Int
  /// Epochs to be trained in all.
  public let epochs: Int
  /// Epochs that an earlier process has trained.
  public let resumed: Int
}
