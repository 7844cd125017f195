import PJRT
import Synchronization

/// A store in which processes meet.
protocol SharedStore: KeyValueStore {
  /// Stores a value unless there is another one.
  /// - Returns: whether the store now has this value.
  func claim(_ key: String, _ value: [UInt8]) throws(RendezvousError) -> Bool

  /// Whether processes that arrive now would come to this store.
  func isCurrent() throws(RendezvousError) -> Bool

  /// Ends the use of the store; process 0's call removes it.
  func close()
}

/// A store in the memory of the process that serves it.
final class MemoryStore: Sendable {
  private let values = Mutex<[String: [UInt8]]>([:])

  func put(_ key: String, _ value: [UInt8]) { values.withLock { $0[key] = value } }

  func value(of key: String) -> [UInt8]? { values.withLock { $0[key] } }

  /// As ``SharedStore/claim(_:_:)``.
  func claim(_ key: String, _ value: [UInt8]) -> Bool {
    values.withLock { values in
      if values[key] == nil { values[key] = value }
      return values[key] == value
    }
  }
}
