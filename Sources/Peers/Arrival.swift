import Foundation
import PJRT

/// What processes tell each other about themselves.
enum Keys {
  /// Who has this number: a random number, host and process.
  static func process(_ id: Int) -> String { "process/\(id)" }
  /// The same, from process 0, which so shows that it is alive.
  static func welcome(_ id: Int) -> String { "welcome/\(id)" }
  /// All have arrived.
  static let everyone = "everyone"
  /// Changes as long as a process is alive.
  static func heartbeat(_ id: Int) -> String { "heartbeat/\(id)" }
  /// How a process ended: nothing, or an ``Ending``.
  static func ended(_ id: Int) -> String { "ended/\(id)" }
}

/// Why a process ended before the others, in a form that the others read.
enum Ending: Equatable {
  /// An error of a process.
  case error(process: Int, reason: String)
  /// The silence of others.
  case loss(processes: [Int], seconds: Double)

  /// - Parameters:
  ///   - error: what ends this process.
  ///   - failure: what has happened to the others before; it is passed on instead.
  init(_ error: any Error, after failure: RendezvousError?, in process: Int) {
    self =
      switch failure {
      case .ended(let process, let reason)?: .error(process: process, reason: reason)
      case .lost(let processes, _, let seconds)?: .loss(processes: processes, seconds: seconds)
      default: .error(process: process, reason: "\(error)")
      }
  }

  /// Three lines: `error`, a number and the reason, or `loss`, numbers and seconds.
  init?(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 2).map(String.init)
    guard lines.count == 3 else { return nil }
    let numbers = lines[1].split(separator: ",").compactMap { Int($0) }
    switch lines[0] {
    case "error" where numbers.count == 1: self = .error(process: numbers[0], reason: lines[2])
    case "loss":
      guard let seconds = Double(lines[2]), !numbers.isEmpty else { return nil }
      self = .loss(processes: numbers, seconds: seconds)
    default: return nil
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .error(let process, let reason): Array("error\n\(process)\n\(reason)".utf8)
    case .loss(let processes, let seconds):
      Array("loss\n\(processes.map(String.init).joined(separator: ","))\n\(seconds)".utf8)
    }
  }

  /// What it is for the others.
  func failure(of count: Int) -> RendezvousError {
    switch self {
    case .error(let process, let reason): .ended(process: process, reason: reason)
    case .loss(let processes, let seconds): .lost(processes: processes, of: count, seconds: seconds)
    }
  }
}

/// How processes come together.
struct Arrival {
  let count: Int
  let id: Int
  let place: RendezvousPlace
  private let start = ContinuousClock.now
  /// Tells this process from another one with its number, and from its own earlier starts.
  private let name: String

  /// What a process puts that has waited long enough.
  private static let givenUp = Array("no more patience".utf8)

  init(count: Int, id: Int, place: RendezvousPlace) {
    (self.count, self.id, self.place) = (count, id, place)
    let process = ProcessInfo.processInfo
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    name = "process \(process.processIdentifier) on \(process.hostName) (\(number))"
  }

  private var nameBytes: [UInt8] { Array(name.utf8) }

  /// Process 0's part: welcomes each process, until all are there.
  func receiveOthers(in store: any SharedStore, until deadline: ContinuousClock.Instant) throws(RendezvousError) {
    var absent = Set(1..<count)
    var (wait, beats) = (Backoff(until: deadline), 0)
    repeat {
      beats += 1
      try store.put(Keys.heartbeat(0), Array("arrival \(beats)".utf8))
      for other in absent.sorted() {
        guard let name = try store.value(of: Keys.process(other)) else { continue }
        try store.put(Keys.welcome(other), name)
        absent.remove(other)
      }
      guard try store.isCurrent() else { throw .taken(process: 0, by: "a later one", place: place.description) }
      if absent.isEmpty { return try store.put(Keys.everyone, []) }
      if try hasGivenUp(Set(1..<count).subtracting(absent), in: store) { break }
    } while wait.pause()
    let error = missing(absent)
    try store.put(Keys.ended(0), Self.givenUp)
    // Those who wait shall read it.
    Backoff.sleep(.milliseconds(300))
    throw error
  }

  private func hasGivenUp(_ processes: Set<Int>, in store: any SharedStore) throws(RendezvousError) -> Bool {
    for process in processes where try store.value(of: Keys.ended(process)) != nil { return true }
    return false
  }

  /// Another process's part: takes its place, until process 0 says that all are there.
  /// - Parameter find: process 0's store; nil if there is none yet.
  func arrive(
    until deadline: ContinuousClock.Instant, _ find: () throws(RendezvousError) -> (any SharedStore)?
  ) throws(RendezvousError) -> any SharedStore {
    var wait = Backoff(until: deadline)
    var claim: Claim?
    repeat {
      // In a folder, what a killed training has left may be found first.
      if let known = claim, try !known.store.isCurrent() { claim = nil }
      if claim == nil {
        claim = try find().map { (store) throws(RendezvousError) in try Claim(store, id: id, name: nameBytes) }
      }
      guard let claim else { continue }
      if !claim.isGranted {
        guard try claim.isContested() else { continue }
        let other = try claim.store.value(of: Keys.process(id)) ?? []
        throw .taken(process: id, by: String(decoding: other, as: UTF8.self), place: place.description)
      }
      guard try isWelcome(in: claim.store) else { continue }
      if try claim.store.value(of: Keys.everyone) != nil { return claim.store }
      if try hasGivenUp([0], in: claim.store) { break }
    } while wait.pause()
    guard let store = claim?.store, try isWelcome(in: store) else { throw missing([0]) }
    var absent: Set<Int> = []
    for other in 1..<count where try store.value(of: Keys.process(other)) == nil { absent.insert(other) }
    try store.put(Keys.ended(id), Self.givenUp)
    throw missing(absent)
  }

  private func isWelcome(in store: any SharedStore) throws(RendezvousError) -> Bool {
    try store.value(of: Keys.welcome(id)) == nameBytes
  }

  private func missing(_ processes: Set<Int>) -> RendezvousError {
    .missing(
      processes: processes.sorted(), of: count, place: place.description,
      seconds: (ContinuousClock.now - start) / .seconds(1))
  }
}

/// A process's claim to its number in a store.
private struct Claim {
  let store: any SharedStore
  let isGranted: Bool
  private let heartbeat: [UInt8]?

  init(_ store: any SharedStore, id: Int, name: [UInt8]) throws(RendezvousError) {
    self.store = store
    isGranted = try store.claim(Keys.process(id), name)
    heartbeat = try store.value(of: Keys.heartbeat(0))
  }

  /// Whether another process has the number in a training that is alive. What a killed one has left gives way to the next.
  func isContested() throws(RendezvousError) -> Bool { try store.value(of: Keys.heartbeat(0)) != heartbeat }
}
