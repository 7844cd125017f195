import Training

/// What is known of one run while a study is run.
public struct KnownRun: Sendable {
  /// The epochs so far.
  public let history: History
  public let state: State

  public enum State: Sendable, Hashable {
    /// Further epochs may come.
    case open
    case done
    /// It ended with an error.
    case failed
  }

  public init(_ history: History, state: State) {
    self.history = history
    self.state = state
  }

  /// Whether nothing more will be known of it.
  public var hasEnded: Bool { state != .open }
}

/// What is known of a study's runs at one moment, by the runs' ids.
public struct KnownResults: Sendable {
  private var runs: [String: KnownRun]

  public init(_ runs: [String: KnownRun] = [:]) { self.runs = runs }

  /// nil for a run of which nothing is known.
  public subscript(id: String) -> KnownRun? {
    get { runs[id] }
    set { runs[id] = newValue }
  }
}

/// The runs of a plan as far as they are known, and those that will be known once others have ended.
public struct UnfoldedRuns: Sendable {
  /// In the order in which they are to be trained.
  public var runs: [PlannedRun]
  /// By arm; empty where all are known.
  public var expected: [ExpectedRuns]

  public init(_ runs: [PlannedRun], expected: [ExpectedRuns] = []) {
    self.runs = runs
    self.expected = expected
  }

  /// How many runs will be known besides ``runs``: exactly, or at most.
  public var more: Int { expected.reduce(0) { $0 + $1.count } }
}

/// Runs of an arm that aren't known yet.
public struct ExpectedRuns: Sendable, Hashable {
  /// The arm's name.
  public let arm: String
  /// One that costs about as much as they will.
  public let configuration: RunConfiguration
  public let count: Int

  public init(arm: String, configuration: RunConfiguration, count: Int) {
    self.arm = arm
    self.configuration = configuration
    self.count = count
  }
}
