/// Makes a worker's studies grow while their runs end.
final class StudyUnfolding {
  private let store: StudyStore
  /// nil for all studies of the store.
  private let study: StoredStudy?
  /// What plans are expanded by, as long as they stay as they are.
  private var unfolders: [String: PlanUnfolder] = [:]
  /// Attempts that had ended when each study's results were last looked at: nothing more is known until another has.
  private var seen: [String: Int] = [:]

  init(_ store: StudyStore, _ study: StoredStudy?) { (self.store, self.study) = (store, study) }

  /// Adds the runs to the studies that have become known.
  /// - Returns: whether there are any.
  /// - Throws: as ``StudyStore/unfold(_:by:)`` does.
  func advance() throws -> Bool {
    var hasAdvanced = false
    for study in try study.map({ [try store.study(named: $0.name)] }) ?? store.studies() where study.plan.unfolds {
      let ended = try store.endedAttempts(of: study)
      guard seen.updateValue(ended, forKey: study.name) != ended else { continue }
      var unfolder = unfolders[study.name]
      if unfolder?.plan != study.plan { unfolder = nil }
      let current = try unfolder ?? PlanUnfolder(study.plan)
      unfolders[study.name] = current
      if try store.unfold(study, by: current) { hasAdvanced = true }
    }
    return hasAdvanced
  }
}
