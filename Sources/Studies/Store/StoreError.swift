import Foundation
import GRDB

/// Why a study's store can't be used, and how to fix it. Whatever was stored before is untouched.
public enum StoreError: Error, Sendable, Hashable {
  /// There is no file.
  case missing(path: String)
  /// The file is something else than a store.
  case notStore(path: String, reason: String)
  case damaged(path: String, reason: String)
  /// The numbers of a run aren't those that were stored.
  case damagedRun(path: String, run: String, arm: String, seed: Int, study: String)
  case newerSchema(path: String, version: Int, supported: Int)
  case cannotOpen(path: String, reason: String)
  case readOnly(path: String)
  case full(path: String)
  /// Another process held the store for longer than `seconds`.
  case locked(path: String, seconds: Double)
  case failed(path: String, reason: String)
  case unknownStudy(name: String, known: [String], path: String)
  /// The store has several studies, and none was named.
  case unnamedStudy(known: [String], path: String)
  /// A plan of a study's name lacks runs with results that the study has: how many, of how many, and which.
  case narrowed(study: String, dropped: Int, of: Int, runs: String)
  /// The store has another part of a study than it is given; `stored` is nil if it has all of it.
  case otherShare(path: String, study: String, stored: StudyShare?, given: StudyShare)
  /// A folder holds no stores that could be merged.
  case noStores(folder: String)
  /// Stores say different things of the same study or run; nothing was merged.
  case contradictory(path: String, [MergeContradiction])
  /// Another worker has claimed the run.
  case leaseLost(run: String)
  /// Runs that are to be compared would be trained on different data.
  case differentData(source: String, stored: String, found: String)

  init(_ error: any Error, path: String, timeout: Double = StudyStore.busySeconds) {
    if let error = error as? StoreError {
      self = error
      return
    }
    // A cell of another kind than the tables allow.
    if error is RowDecodingError {
      self = .damaged(path: path, reason: "\(error)")
      return
    }
    guard let error = error as? DatabaseError else {
      self = .failed(path: path, reason: "\(error)")
      return
    }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notStore(path: path, reason: "it isn't an SQLite database")
    case .SQLITE_CORRUPT: self = .damaged(path: path, reason: reason)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path, seconds: timeout)
    case .SQLITE_CANTOPEN where Self.isDiskFull(path): self = .full(path: path)
    case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, reason: reason)
    // A disk that is full while the log is written is reported as a failed write.
    case .SQLITE_IOERR where Self.isDiskFull(path): self = .full(path: path)
    default: self = .failed(path: path, reason: reason)
    }
  }

  private static func isDiskFull(_ path: String) -> Bool {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return (attributes?[.systemFreeSize] as? NSNumber).map { $0.int64Value < 1 << 16 } ?? false
  }
}

extension StoreError: CustomStringConvertible {
  /// Contradictions that a message lists.
  private static let shownContradictions = 10

  public var description: String {
    switch self {
    case .missing(let path): "there is no store \(path). Check the path, or make one with 'tanren study run'."
    case .notStore(let path, let reason): "\(path) is no study store: \(reason). Choose another file with --store."
    case .damaged(let path, let reason):
      "the store \(path) is damaged: \(reason). Copy what can be saved with 'sqlite3 \(path) .recover', or restore "
        + "a copy."
    case .damagedRun(let path, let run, let arm, let seed, let study):
      "run \(run.prefix(12)) of study '\(study)' (\(arm), seed \(seed)) has other numbers in \(path) than were stored: the "
        + "disk lost a bit, or another program changed them. Restore a copy of the store, or have the run trained again "
        + "with 'tanren study run \(study) --retrain-damaged'."
    case .newerSchema(let path, let version, let supported):
      "the store \(path) was made by a newer tanren: its schema is \(version), this program knows up to \(supported). "
        + "Use the newer program, or another store."
    case .cannotOpen(let path, let reason):
      "the store \(path) can't be opened: \(reason). Check that its folder is there and may be written to."
    case .readOnly(let path):
      "the store \(path) may only be read. Change its permissions and its folder's, or copy it to where you may write."
    case .full(let path):
      "the disk of the store \(path) is full. Free some space and run the command again: finished epochs are kept."
    case .locked(let path, let seconds):
      "the store \(path) has been held by another process for \(Int(seconds)) seconds. End what holds it (a copy, a "
        + "database browser with an open transaction), and run the command again."
    case .failed(let path, let reason): "the store \(path) can't be used: \(reason)"
    case .unknownStudy(let name, let known, let path):
      "\(path) has no study '\(name)'"
        + (known.isEmpty ? ": it has none yet" : (name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "."))
        + (known.isEmpty ? "" : " It has \(known.joined(separator: ", ")).")
    case .unnamedStudy(let known, let path):
      known.isEmpty
        ? "\(path) has no studies yet" : "\(path) has several studies, name one: \(known.joined(separator: ", "))"
    case .narrowed(let study, let dropped, let count, let runs):
      "the plan lacks \(dropped) of the \(count) runs with results that study '\(study)' has: \(runs). Give the plan "
        + "another name (name=…), or replace the study (--replace): the runs stay in the store, but the study no longer "
        + "lists them."
    case .otherShare(let path, let study, let stored, let given):
      "the store \(path) has \(stored.map { "share \($0)" } ?? "all") of study '\(study)', not share \(given): runs would be "
        + "trained twice. Divide the study as before, or use another folder."
    case .noStores(let folder):
      "there are no stores in \(folder): a task writes task-NUMBER.sqlite there. Check the path, and whether a task has begun."
    case .contradictory(let path, let contradictions):
      "nothing was merged into \(path), because the stores contradict each other:\n"
        + contradictions.prefix(Self.shownContradictions).map { "  \($0)\n" }.joined()
        + (contradictions.count > Self.shownContradictions
          ? "  … and \(contradictions.count - Self.shownContradictions) more\n" : "")
        + "Leave out the stores that are wrong, or have their runs trained again."
    case .leaseLost(let run): "another worker has claimed run \(run.prefix(12)) in the meantime"
    case .differentData(let source, let stored, let found):
      "the study's runs on '\(source)' were trained on \(stored), but here it is \(found). "
        + "Give the same data (TANREN_DATA), or use another store."
    }
  }
}
