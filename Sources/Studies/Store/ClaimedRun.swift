/// A run that this worker may train, as long as it renews its lease.
public struct ClaimedRun: Sendable {
  let key: Int64
  public let id: String
  /// The first arm and seed of the study that the run is for.
  public let arm: String
  public let seed: Int
  /// ``RunConfiguration/canonicalText``.
  public let configuration: String
  /// Counted from 1.
  public let attempt: Int
  public let worker: String
  /// Where training can be taken up, nil at the start.
  public let checkpoint: StoredCheckpoint?
}
