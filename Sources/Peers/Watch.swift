import Foundation
import PJRT
import Synchronization

/// The thread by which a process shows that it is alive, and sees whether the others are.
///
/// A process counts as silent once its heartbeat hasn't changed for some time by this process's clock; the clocks of
/// machines are never compared.
final class Watch: Sendable {
  /// The most time between two heartbeats.
  private static let longestPause = Duration.seconds(5)

  private struct Sign {
    var heartbeat: [UInt8]?
    var time: ContinuousClock.Instant
  }

  private let store: any SharedStore
  private let count: Int
  private let id: Int
  private let silence: Duration
  private let report: @Sendable (RendezvousError) -> Void
  private let isOver = Mutex(false)
  private let wakeUp = DispatchSemaphore(value: 0)

  /// - Parameter report: called once, when another process is lost.
  init(
    _ store: any SharedStore, count: Int, id: Int, silence: Duration,
    report: @escaping @Sendable (RendezvousError) -> Void
  ) {
    (self.store, self.count, self.id, self.silence, self.report) = (store, count, id, silence, report)
  }

  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "peers"
    thread.start()
  }

  func end() {
    isOver.withLock { $0 = true }
    wakeUp.signal()
  }

  private func run() {
    let pause = min(silence / 10, Self.longestPause)
    let start = ContinuousClock.now
    var signs = Dictionary(uniqueKeysWithValues: (0..<count).filter { $0 != id }.map { ($0, Sign(time: start)) })
    var (beats, lastSuccess, isWatching) = (0, start, true)
    while !isOver.withLock({ $0 }) {
      beats += 1
      do throws(RendezvousError) {
        try store.put(Keys.heartbeat(id), Array("\(beats)".utf8))
        if isWatching { try look(&signs) }
        lastSuccess = .now
      } catch {
        let failure = meaning(of: error, since: lastSuccess)
        if let failure, isWatching, !isOver.withLock({ $0 }) {
          isWatching = false
          report(failure)
        }
      }
      _ = wakeUp.wait(timeout: .now() + (pause / .seconds(1)))
    }
  }

  /// What an error says about the others; nil if it may pass.
  private func meaning(of error: RendezvousError, since lastSuccess: ContinuousClock.Instant) -> RendezvousError? {
    guard case .file(let failure) = error else { return error }
    // Process 0 removes the folder when it ends.
    if failure.isMissingFile, id != 0 { return .lost(processes: [0], of: count, seconds: 0) }
    // A network file system may be away for a moment.
    return ContinuousClock.now - lastSuccess > silence ? error : nil
  }

  /// Looks for signs of life.
  /// - Parameter signs: of each process that hasn't said goodbye.
  private func look(_ signs: inout [Int: Sign]) throws(RendezvousError) {
    for (other, sign) in signs {
      let heartbeat = try store.value(of: Keys.heartbeat(other))
      if heartbeat != sign.heartbeat { signs[other] = Sign(heartbeat: heartbeat, time: .now) }
    }
    for other in signs.keys.sorted() {
      guard let bytes = try store.value(of: Keys.ended(other)) else { continue }
      if let ending = Ending(bytes) { throw ending.failure(of: count) }
      signs[other] = nil
    }
    let now = ContinuousClock.now
    let silent = signs.filter { now - $0.value.time > silence }.keys.sorted()
    guard silent.isEmpty else { throw .lost(processes: silent, of: count, seconds: silence / .seconds(1)) }
  }
}
