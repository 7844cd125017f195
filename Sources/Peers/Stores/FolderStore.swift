import Files
import Foundation
import PJRT

/// Keys as files in a folder that all processes reach. A file appears whole or not at all: it is renamed into its place.
///
/// Process 0 makes a *session*, a folder with a random name, and names it in the file `current`. So nobody reads what an
/// earlier training left behind, and a process that found the session of one that was killed notices when `current`
/// names another.
struct FolderStore: SharedStore {
  private static let current = "current"
  /// Sessions that were killed are removed by the first process 0 that comes so much later.
  private static let oldAge = 86_400.0

  /// The folder of one run's sessions.
  private let base: String
  private let session: String
  private let isHost: Bool
  // Nothing needs to survive a power failure.
  private let disk = POSIXDisk(waits: false)

  private var folder: String { base + "/" + session }

  private init(base: String, session: String, isHost: Bool) {
    (self.base, self.session, self.isHost) = (base, session, isHost)
  }

  /// Process 0's: a new session.
  static func host(in folder: String, run: String) throws(RendezvousError) -> FolderStore {
    let session = String(UInt64.random(in: 1 ... .max), radix: 36)
    let store = FolderStore(base: folder + "/" + run, session: session, isHost: true)
    try store.attempt { () throws(FileFailure) in
      try store.disk.makeFolder(store.base)
      // Only this user's processes may read or write what is exchanged.
      guard mkdir(store.folder, 0o700) == 0 else {
        throw FileFailure(.makeFolder, path: store.folder, code: errno)
      }
      try store.write(Array(session.utf8), as: store.base + "/" + Self.current)
    }
    store.removeOldSessions()
    return store
  }

  /// The session that process 0 has announced; nil if there is none yet.
  static func found(in folder: String, run: String) throws(RendezvousError) -> FolderStore? {
    let probe = FolderStore(base: folder + "/" + run, session: "", isHost: false)
    guard let session = try probe.announced() else { return nil }
    return FolderStore(base: probe.base, session: session, isHost: false)
  }

  func isCurrent() throws(RendezvousError) -> Bool { try announced() == session }

  private func announced() throws(RendezvousError) -> String? {
    guard let bytes = try contents(of: base + "/" + Self.current) else { return nil }
    let name = String(decoding: bytes, as: UTF8.self)
    return name.isEmpty || name.contains { !$0.isASCII || !($0.isLetter || $0.isNumber) } ? nil : name
  }

  func put(_ key: String, _ value: [UInt8]) throws(RendezvousError) {
    try attempt { () throws(FileFailure) in try write(value, as: path(of: key)) }
  }

  func value(of key: String) throws(RendezvousError) -> [UInt8]? { try contents(of: path(of: key)) }

  func claim(_ key: String, _ value: [UInt8]) throws(RendezvousError) -> Bool {
    let path = path(of: key)
    let isFirst = try attempt { () throws(FileFailure) -> Bool in
      let temporary = unused()
      try disk.create(temporary, holding: value)
      defer { try? disk.delete(temporary) }
      if link(temporary, path) == 0 { return true }
      guard errno == EEXIST else { throw FileFailure(.create, path: path, code: errno) }
      return false
    }
    // A network file system may repeat a call whose answer was lost, and find its own work.
    if isFirst { return true }
    return try contents(of: path) == value
  }

  func close() {
    guard isHost else { return }
    if (try? isCurrent()) == true { try? disk.delete(base + "/" + Self.current) }
    try? FileManager.default.removeItem(atPath: folder)
    // The run's folder goes with its last session.
    rmdir(base)
  }

  /// A readable beginning, and a digest that tells keys apart.
  private func path(of key: String) -> String {
    let readable = key.utf8.prefix(60).map { byte -> Character in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
    }
    return folder + "/" + String(readable) + "-" + SHA256.hex(of: key.utf8).prefix(32)
  }

  private func unused() -> String { "\(folder)/.\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))" }

  private func write(_ bytes: [UInt8], as path: String) throws(FileFailure) {
    let temporary = unused()
    do throws(FileFailure) {
      try disk.create(temporary, holding: bytes)
      try disk.move(temporary, to: path)
    } catch {
      try? disk.delete(temporary)
      throw error
    }
  }

  /// Nil if there is no such file.
  private func contents(of path: String) throws(RendezvousError) -> [UInt8]? {
    do throws(FileFailure) {
      return try disk.contents(of: path)
    } catch {
      // A network file system may still name a file that has been replaced.
      if error.isMissingFile || error.code == ESTALE { return nil }
      throw .file(error)
    }
  }

  private func attempt<Value>(_ body: () throws(FileFailure) -> Value) throws(RendezvousError) -> Value {
    do throws(FileFailure) { return try body() } catch { throw .file(error) }
  }

  /// Times of the same file system are compared, whatever this machine's clock says.
  private func removeOldSessions() {
    func time(of path: String) -> Date? {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    guard let now = time(of: folder), let names = try? disk.names(in: base) else { return }
    for name in names where name != session && name != Self.current {
      // Each heartbeat changes the folder.
      guard let last = time(of: base + "/" + name), now.timeIntervalSince(last) > Self.oldAge else { continue }
      try? FileManager.default.removeItem(atPath: base + "/" + name)
    }
  }
}
