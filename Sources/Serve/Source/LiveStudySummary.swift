import Studies

/// A study as a list shows it.
public struct LiveStudySummary: Sendable, Equatable {
  public var name: String
  public var title: String
  public var counts: RunCounts

  public init(name: String, title: String, counts: RunCounts) {
    self.name = name
    self.title = title
    self.counts = counts
  }
}
