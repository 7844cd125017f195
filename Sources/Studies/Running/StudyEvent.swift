/// What a study's runner tells while it works.
public enum StudyEvent: Sendable {
  /// Work begins, with so many runs in each state.
  case began(RunCounts)
  /// Data was loaded, from there.
  case loaded(origin: String)
  case runBegan(RunProgress)
  /// - Parameter remaining: seconds until all runs are done, as far as can be told.
  case epochEnded(RunProgress, EpochRecord, remaining: Double?)
  case runEnded(RunProgress, History)
  case runFailed(RunProgress, error: String)
  /// The last checkpoint is damaged, so the run goes on from an older one or begins again.
  case runRestarted(RunProgress, reason: String)
  /// Another worker has claimed the run, since this one was silent for too long.
  case runLost(RunProgress)
  /// Nothing is left to be claimed, but other workers aren't done yet.
  case waiting(RunCounts)
}
