/// What a store knows of one run of a study.
public struct StoredRun: Sendable {
  public let id: String
  public let arm: String
  public let seed: Int
  /// ``RunConfiguration/canonicalText``.
  public let configuration: String
  public let state: RunState
  public let attempts: Int
  /// Why it failed.
  public let error: String?
  /// The epochs so far.
  public let history: History
  /// The costs of a run that is done: seconds of training and evaluation, updates, gradient evaluations.
  public let seconds: Double?
  public let steps: Int?
  public let gradientEvaluations: Double?
  /// Whether a number that was recorded isn't finite; nil as long as the run isn't done.
  public let isDiverged: Bool?
  /// Where the data came from.
  public let dataOrigin: String?
  /// Where the attempts computed, each environment once; an index of ``StudyResults/environments``.
  public let environments: [Int]
  public let artifacts: [RunArtifact]
}
