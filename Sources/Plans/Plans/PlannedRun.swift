import PJRT

/// One run of a study: an arm and a seed, resolved.
public struct PlannedRun: Sendable, Hashable {
  /// The arm's name.
  public let arm: String
  public let seed: Int
  public let configuration: RunConfiguration
  /// Names the configuration, whatever study it belongs to: 64 hexadecimal digits.
  public let id: String

  public init(arm: String, seed: Int, configuration: RunConfiguration) {
    self.arm = arm
    self.seed = seed
    self.configuration = configuration
    id = configuration.id
  }
}

/// An arm at one point of a plan's grid.
public struct PlannedArm: Sendable, Hashable {
  /// Named after the arm as written and the point: `adam rate=0.1`.
  public let arm: Arm
  /// The name of the arm as written; empty where the grid alone makes the arms.
  public let written: String
  /// The name of the arm to compare with, nil for the baseline itself.
  public let baseline: String?
}
