/// What a study's runner reports while it works.
public enum StudyEvent: Sendable {
  /// Work begins, with so many runs in each state.
  case began(RunCounts)
  /// Data was loaded, from there.
  case loaded(origin: String)
  case runBegan(RunProgress)
  /// The record is the mean over the runs that are trained together.
  /// - Parameter remaining: seconds until all runs are done, as far as is known.
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

/// Which run of a study is being trained.
public struct RunProgress: Sendable, Hashable {
  /// Counted from 1, among all runs of the study.
  public let number: Int
  /// Runs of the study, with those that are expected.
  public let count: Int
  public let arm: String
  public let seed: Int
  public let stage: RunStage
  /// Runs that one program trains, this one the first of them; 1 where it is trained alone.
  public let together: Int
  /// Epochs to be trained in all.
  public let epochs: Int
  /// Epochs that an earlier process has trained.
  public let resumed: Int
}

/// Whether runs that differ by their seed alone are trained in one program.
public enum Vectorization: String, Sendable, Hashable, CaseIterable {
  case on, off
  /// On an accelerator yes; on a CPU no, where a batch of small products takes as long as the products one by one,
  /// and concurrent programs are faster. `docs/studies.md` has the times.
  case auto

  /// Whether runs are trained together on a platform, as PJRT names it.
  public func vectorizes(on platform: String) -> Bool {
    switch self {
    case .on: true
    case .off: false
    case .auto: platform != "cpu"
    }
  }

  /// How many runs one program trains at most.
  func groupLimit(platform: String) -> Int { vectorizes(on: platform) ? RunGroups.limit : 1 }
}
