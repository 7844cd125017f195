@_exported import PJRT
import Foundation
import Synchronization

/// The processes that train together, as each of them sees the others: they meet, tell each other that they are alive, and
/// learn which one is missing.
///
/// ```swift
/// let peers = try Peers(count: 1, id: 0, at: RendezvousPlace("/tmp/tanren-meeting"))
/// try peers.join()
/// try peers.check()  // throws once another process has died
/// peers.leave()
/// ```
///
/// An engine joins by itself: `Engine.configure(device: "cuda", processes: peers)`.
public final class Peers: Rendezvous {
  /// How long processes wait for each other.
  public struct Patience: Sendable, Hashable {
    /// For all processes to arrive. They may have to wait for a place in a queue.
    public var arrival: Duration
    /// How long a process may be silent before it counts as dead. Each one shows ten times as often that it is alive.
    public var silence: Duration

    public init(arrival: Duration = .seconds(300), silence: Duration = .seconds(60)) {
      (self.arrival, self.silence) = (arrival, silence)
    }
  }

  private struct State {
    var failure: RendezvousError?
    var watch: Watch?
    var onLoss: (@Sendable (RendezvousError) -> Void)?
  }

  public let processCount: Int
  public let processID: Int
  public let place: RendezvousPlace
  public let run: String
  private let token: RendezvousToken?
  private let patience: Patience
  /// Held while joining.
  private let joined = Mutex<(any SharedStore)?>(nil)
  private let state = Mutex(State())

  /// - Parameters:
  ///   - count: how many processes there are.
  ///   - id: this one's number, from 0.
  ///   - place: the same for all.
  ///   - run: names the training, the same for all: letters, digits, `.`, `_` and `-`. It need not be new each time.
  ///   - token: the same for all; required for TCP.
  /// - Throws: ``RendezvousError/invalid(_:)``.
  public init(
    count: Int, id: Int, at place: RendezvousPlace, run: String = "run", token: RendezvousToken? = nil,
    patience: Patience = Patience()
  ) throws(RendezvousError) {
    guard (1...65_536).contains(count) else {
      throw .invalid("the number of processes is \(count), but must be from 1 to 65536")
    }
    guard (0..<count).contains(id) else {
      throw .invalid("the process id is \(id), but \(count) processes have ids from 0 to \(count - 1)")
    }
    let isName = run.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || ".-_".utf8.contains(byte)
    }
    guard isName, (1...100).contains(run.utf8.count), !run.hasPrefix(".") else {
      throw .invalid("'\(run)' can't name a run: use up to 100 letters, digits, '.', '_' and '-'")
    }
    guard patience.arrival > .zero, patience.silence > .zero else {
      throw .invalid("processes need some time to arrive, and to be silent: more than 0 s")
    }
    if case .tcp = place, token == nil {
      throw .invalid(
        """
        processes that meet by TCP need a token: put a secret into the environment variable \(RendezvousToken.variable), or \
        into a file that \(RendezvousToken.fileVariable) names (`openssl rand -hex 32 > token; chmod 600 token`)
        """)
    }
    (processCount, processID, self.place, self.run) = (count, id, place, run)
    (self.token, self.patience) = (token, patience)
  }

  deinit { state.withLock { $0.watch }?.end() }

  @discardableResult public func join() throws(RendezvousError) -> any KeyValueStore {
    let result = joined.withLock { joined -> Result<any SharedStore, RendezvousError> in
      if let joined { return .success(joined) }
      let result = Result { () throws(RendezvousError) in try meet() }
      if case .success(let store) = result { joined = store }
      return result
    }
    return PluginStore(shared: try result.get(), peers: self)
  }

  /// - Throws: ``RendezvousError`` if another process has died or ended with an error.
  public func check() throws(RendezvousError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Calls `body` when another process has died or ended with an error: once, on a thread of its own. XLA's collectives
  /// wait for that process forever, so a program can do little else than report and end.
  public func onLoss(_ body: @escaping @Sendable (RendezvousError) -> Void) {
    let failure = state.withLock { state in
      state.onLoss = body
      return state.failure
    }
    if let failure { body(failure) }
  }

  /// Says goodbye, so that the others don't take this process for dead. Process 0 waits for the others to do the same,
  /// since it has the store.
  /// - Parameter error: what ended this process; the others will report it.
  public func leave(because error: (any Error)? = nil) {
    guard let store = joined.withLock({ $0 }) else { return }
    let failure = state.withLock { $0.failure }
    let ending = error.map { Ending($0, after: failure, in: processID) }
    try? store.put(Keys.ended(processID), ending?.bytes ?? [])
    if processID == 0 {
      let patience = ending == nil ? patience.arrival : min(patience.silence, .seconds(10))
      var wait = Backoff(until: .now + patience)
      while !haveEnded(in: store), wait.pause() {}
    }
    state.withLock { state in
      state.watch?.end()
      state.watch = nil
    }
    store.close()
  }

  /// Whether all others have said goodbye, but for those that are lost.
  private func haveEnded(in store: any SharedStore) -> Bool {
    var lost: [Int] = []
    if case .lost(let processes, _, _)? = state.withLock({ $0.failure }) { lost = processes }
    return (1..<processCount).allSatisfy {
      lost.contains($0) || ((try? store.value(of: Keys.ended($0))) ?? nil) != nil
    }
  }
}

// MARK: - Meeting

extension Peers {
  /// Waits for the others, and begins to watch them.
  private func meet() throws(RendezvousError) -> any SharedStore {
    let start = ContinuousClock.now
    let arrival = Arrival(count: processCount, id: processID, place: place)
    let store: any SharedStore
    if processID == 0 {
      store = try host()
      do throws(RendezvousError) {
        try arrival.receiveOthers(in: store, until: start + patience.arrival)
      } catch {
        store.close()
        throw error
      }
    } else {
      store = try arrival.arrive(until: start + patience.arrival) { () throws(RendezvousError) in try find() }
    }
    let watch = Watch(store, count: processCount, id: processID, silence: patience.silence) { [weak self] in
      self?.lose($0)
    }
    state.withLock { $0.watch = watch }
    watch.start()
    return store
  }

  private func host() throws(RendezvousError) -> any SharedStore {
    switch place {
    case .folder(let path): return try FolderStore.host(in: path, run: run)
    case .tcp(let host, let port):
      return try StoreServer(host: host, port: port, run: run, count: processCount, token: checkedToken())
    }
  }

  /// Process 0's store; nil if there is none yet.
  private func find() throws(RendezvousError) -> (any SharedStore)? {
    switch place {
    case .folder(let path): return try FolderStore.found(in: path, run: run)
    case .tcp(let host, let port):
      return try RemoteStore(
        host: host, port: port, run: run, count: processCount, process: processID, token: checkedToken(),
        patience: patience.arrival)
    }
  }

  private func checkedToken() throws(RendezvousError) -> RendezvousToken {
    guard let token else { throw .invalid("processes that meet by TCP need a token") }
    return token
  }

  private func lose(_ failure: RendezvousError) {
    let body = state.withLock { state -> (@Sendable (RendezvousError) -> Void)? in
      guard state.failure == nil else { return nil }
      state.failure = failure
      return state.onLoss
    }
    body?(failure)
  }
}

/// What the plugin puts and reads: apart from what processes say about themselves, and with an end to waiting once one of
/// them is lost.
private struct PluginStore: KeyValueStore {
  let shared: any SharedStore
  let peers: Peers

  func put(_ key: String, _ value: [UInt8]) throws(RendezvousError) { try shared.put("plugin/" + key, value) }

  func value(of key: String) throws(RendezvousError) -> [UInt8]? {
    try peers.check()
    return try shared.value(of: "plugin/" + key)
  }
}
