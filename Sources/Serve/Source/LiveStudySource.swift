import Studies

/// Where a server reads studies from, again and again while they run.
public protocol LiveStudySource: Sendable {
  /// All studies there are, in the order to list them.
  func studies() throws -> [LiveStudySummary]

  /// A study as it is now; nil if there is none of that name.
  func study(named name: String) throws -> LiveStudy?
}
