import Files
import Foundation
import GRDB

/// The one file that studies live in: plans, runs, what each epoch showed, and where it was computed.
///
/// A store is an SQLite database, which several processes may use at once; see ``StudyStore/claim(of:worker:lease:)``.
/// Everything is written in transactions, so a process that is killed at whatever moment leaves a whole store.
/// Where other machines may use the same disk, SQLite's rollback journal is used instead of its write-ahead log.
public final class StudyStore: Sendable {
  /// What a store is opened for.
  public enum Access: Sendable {
    /// The file is made where it isn't there.
    case create
    case write
    case read
  }

  public let path: String
  let writer: any DatabaseWriter
  /// A copy that is read where SQLite can't open the file itself; removed in the end.
  private let copy: StoreCopy?

  /// How long to wait for another process's transaction.
  static let busySeconds = 20.0

  /// - Throws: ``StoreError``.
  public convenience init(_ path: String, access: Access = .create) throws(StoreError) {
    try self.init(path, access: access, busySeconds: Self.busySeconds)
  }

  init(_ path: String, access: Access, busySeconds: Double) throws(StoreError) {
    self.path = path
    let isThere = FileManager.default.fileExists(atPath: path)
    guard isThere || access == .create else { throw .missing(path: path) }
    // Opening a pipe would wait for whoever writes to it.
    if isThere, let kind = FileSystem.specialKind(of: path) { throw .notStore(path: path, reason: "it is \(kind)") }
    do {
      if !isThere {
        try FileManager.default.createDirectory(
          at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      }
    } catch {
      let failure = FileFailure(.makeFolder, path: path, error)
      throw failure.isDiskFull ? .full(path: path) : .cannotOpen(path: path, reason: failure.reason)
    }
    do {
      copy = access == .read ? try StoreCopy(ifNeededFor: path) : nil
      writer = try Self.open(copy?.path ?? path, named: path, access: access, busySeconds: busySeconds)
    } catch {
      throw StoreError(error, path: path, timeout: busySeconds)
    }
  }

  private static func open(
    _ path: String, named name: String, access: Access, busySeconds: Double
  ) throws -> any DatabaseWriter {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.label = "study store"
    configuration.readonly = access == .read
    // What it is comes first: opening for writing changes the file.
    let version = try DatabaseQueue(path: path, configuration: configuration).read {
      try StoreSchema.check($0, path: name)
    }
    if access == .read {
      guard version > 0 else { throw StoreError.notStore(path: name, reason: "it is empty") }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    let writer: any DatabaseWriter
    if FileSystem.isShared(path) {
      writer = try DatabaseQueue(path: path, configuration: configuration)
      _ = try writer.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
    } else {
      writer = try pool(path, configuration: configuration, until: Date(timeIntervalSinceNow: busySeconds))
    }
    try writer.write { try StoreSchema.migrate($0, path: name) }
    return writer
  }

  /// SQLite doesn't wait where two processes switch a new file to the write-ahead log at once.
  private static func pool(_ path: String, configuration: GRDB.Configuration, until end: Date) throws -> DatabasePool {
    while true {
      do {
        return try DatabasePool(path: path, configuration: configuration)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try writer.read(body) } catch { throw StoreError(error, path: path) }
  }

  /// One transaction, which begins as a writing one.
  func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try writer.write(body) } catch { throw StoreError(error, path: path) }
  }

  static var now: Double { Date().timeIntervalSince1970 }
}
