import PJRT

/// What a run of a study is for.
public enum RunStage: Sendable, Hashable {
  /// Compared with the other arms' runs: verdicts, tables and pages are made of these.
  case final
  /// Tries settings of its arm, from which those of the final runs are chosen: the trial's number, from 0.
  case trial(Int)

  /// The number of a trial, nil for a final run.
  public var trial: Int? { if case .trial(let number) = self { number } else { nil } }
}

/// One run of a study: an arm and a seed, resolved.
public struct PlannedRun: Sendable, Hashable {
  /// The arm's name.
  public let arm: String
  public let seed: Int
  public let configuration: RunConfiguration
  public let stage: RunStage
  /// The epoch at which it stops for now, to be compared with others; nil for the last one.
  public var until: Int?
  /// Names the configuration, whatever study it belongs to: 64 hexadecimal digits.
  public let id: String

  public init(arm: String, seed: Int, configuration: RunConfiguration, stage: RunStage = .final) {
    self.arm = arm
    self.seed = seed
    self.configuration = configuration
    self.stage = stage
    id = configuration.id
  }
}

/// An arm on one workload of a plan, at one point of its grid.
public struct PlannedArm: Sendable, Hashable {
  /// Named after the arm as written, the workload and the point: `adam mnist rate=0.1`.
  public let arm: Arm
  /// The name without the workload: `adam rate=0.1`.
  public let label: String
  /// nil for a plan without workloads.
  public let workload: Workload?
  /// The name of the arm as written; empty where the grid alone makes the arms.
  public let written: String
  /// The name of the arm to compare with, nil for the baseline itself.
  public let baseline: String?
}
