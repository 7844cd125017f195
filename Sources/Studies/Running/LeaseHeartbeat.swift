import Dispatch
import Foundation
import Synchronization

/// Renews a run's lease from a thread of its own, so that an epoch may take longer than a lease.
final class LeaseHeartbeat: Sendable {
  private let end = DispatchSemaphore(value: 0)
  private let loss = Mutex<StoreError?>(nil)

  init(_ run: ClaimedRun, in store: StudyStore, lease: Double) {
    let thread = Thread { [self] in
      while end.wait(timeout: .now() + lease / 4) == .timedOut {
        do throws(StoreError) {
          try store.renew(run, lease: lease)
        } catch {
          // A store that is held for a moment can be tried again; another worker's claim is the end.
          guard case .leaseLost = error else { continue }
          loss.withLock { $0 = error }
          return
        }
      }
    }
    thread.name = "lease of \(run.id.prefix(12))"
    thread.start()
  }

  /// - Throws: ``StoreError/leaseLost(run:)`` once the lease is lost.
  func check() throws(StoreError) {
    if let loss = loss.withLock({ $0 }) { throw loss }
  }

  func stop() { end.signal() }
}
