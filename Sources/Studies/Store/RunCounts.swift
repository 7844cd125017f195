/// How many runs of a study are in which state.
public struct RunCounts: Sendable, Hashable {
  public var pending = 0
  public var running = 0
  public var done = 0
  public var failed = 0

  public init() {}

  public var total: Int { pending + running + done + failed }

  subscript(state: RunState) -> Int {
    get {
      switch state {
      case .pending: pending
      case .running: running
      case .done: done
      case .failed: failed
      }
    }
    set {
      switch state {
      case .pending: pending = newValue
      case .running: running = newValue
      case .done: done = newValue
      case .failed: failed = newValue
      }
    }
  }
}
