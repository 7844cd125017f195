/// An arm at one point of a plan's grid.
public struct PlannedArm: Sendable, Hashable {
  /// Named after the arm as written and the point: `adam rate=0.1`.
  public let arm: Arm
  /// The name of the arm as written; empty where the grid alone makes the arms.
  public let written: String
  /// The name of the arm to compare with, nil for the baseline itself.
  public let baseline: String?
}
