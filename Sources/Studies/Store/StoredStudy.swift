/// A study in a store.
public struct StoredStudy: Sendable, Hashable {
  let key: Int64
  public let name: String
  public let title: String
  public let plan: StudyPlan
  /// Runs by state; a run that two arms share counts once.
  public let counts: RunCounts
  /// Seconds since 1970.
  public let created: Double
  public let changed: Double
}
