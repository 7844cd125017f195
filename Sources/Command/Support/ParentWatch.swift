import Foundation
import Tanren

/// Ends a worker once the process is gone that started it.
enum ParentWatch {
  private static let interval = 0.5

  /// From now on this process ends with the one that ``WorkerPool/parentVariable`` names, if there is one.
  static func start() {
    guard let parent = Environment[WorkerPool.parentVariable].flatMap({ Int32($0) }) else { return }
    let thread = Thread {
      while getppid() == parent { Thread.sleep(forTimeInterval: interval) }
      // As if it had been killed: what is finished is on disk already.
      _exit(Outcome.failure)
    }
    thread.name = "parent watch"
    thread.start()
  }
}
