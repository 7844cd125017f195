import Synchronization

/// A count that several tasks may raise.
public final class Counter: Sendable {
  private let count = Mutex(0)

  public init() {}

  public var value: Int { count.withLock { $0 } }

  public func increment() { count.withLock { $0 += 1 } }
}
