#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Values by key that several processes share. A plugin's client finds those of the other processes by one, and XLA's
/// collectives exchange their identities through it; nothing that is trained passes it.
///
/// Any thread may call it.
public protocol KeyValueStore: Sendable {
  /// Stores a value, in place of one that is there.
  func put(_ key: String, _ value: [UInt8]) throws(RendezvousError)

  /// The value of a key; nil if nobody has put one yet.
  func value(of key: String) throws(RendezvousError) -> [UInt8]?
}

extension KeyValueStore {
  /// The value of a key, which is waited for.
  /// - Throws: ``RendezvousError/timeout(key:seconds:)`` if nobody puts one in time.
  public func value(of key: String, within timeout: Duration) throws(RendezvousError) -> [UInt8] {
    var wait = Backoff(until: .now + timeout)
    repeat {
      if let value = try value(of: key) { return value }
    } while wait.pause()
    throw .timeout(key: key, seconds: timeout / .seconds(1))
  }
}

/// The pauses between looking for something that another process does: short ones at first, and none beyond a deadline.
package struct Backoff {
  private static let longest = Duration.milliseconds(100)

  private let deadline: ContinuousClock.Instant
  private var next = Duration.milliseconds(1)

  package init(until deadline: ContinuousClock.Instant) { self.deadline = deadline }

  /// Sleeps.
  /// - Returns: false, at once, if the deadline has passed.
  package mutating func pause() -> Bool {
    let rest = deadline - .now
    guard rest > .zero else { return false }
    Self.sleep(min(next, rest))
    next = min(next * 2, Self.longest)
    return true
  }

  package static func sleep(_ duration: Duration) { usleep(UInt32(clamping: Int(duration / .microseconds(1)))) }
}

/// The processes that train together, and how this one meets the others.
public protocol Rendezvous: Sendable {
  /// How many processes there are.
  var processCount: Int { get }
  /// This process's number, from 0.
  var processID: Int { get }

  /// Waits until all processes are there. Further calls return the same store.
  /// - Throws: ``RendezvousError`` that names the processes which are missing, or says why they can't be reached.
  func join() throws(RendezvousError) -> any KeyValueStore
}
