import Files
import Foundation
import OrderedCollections

/// A CSV file (RFC 4180) with one row per epoch: epoch, step, seconds, then the metrics by name.
///
/// A training that continues after a break, for instance in another process, may log to the same file: its earlier
/// epochs stay in it. A log used by several calls of `fit` keeps the columns of the first.
public final class CSVLog: Callback {
  private let file: LogFile
  private var columns: [String] = []

  /// - Throws: ``TrainingError`` if the file cannot be created; its folder is created if needed.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    let isStart = plan.lastEpoch == plan.epochs
    if isStart || columns.isEmpty { columns = plan.metrics }
    if isStart { try file.begin(header: header) }
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if file.isBehind(trainer.history, with: record) {
      for name in trainer.history.epochs.flatMap(\.metrics.keys) where !columns.contains(name) { columns.append(name) }
      try file.begin(header: header)
      for earlier in trainer.history.epochs.dropLast() { try file.add(row(earlier), of: earlier) }
    }
    try file.add(row(record), of: record)
    return .continue
  }

  private var header: String {
    (["epoch", "step", "training_seconds", "evaluation_seconds"] + columns.map(Self.field)).joined(separator: ",")
  }

  private func row(_ record: EpochRecord) -> String {
    let fixed = [
      "\(record.epoch)", "\(record.step)", record.trainingSeconds.plainText, record.evaluationSeconds.plainText,
    ]
    return (fixed + columns.map { name in record[name]?.plainText ?? "" }).joined(separator: ",")
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// A file with one JSON object per epoch. NaN and infinity, which JSON lacks, are the strings `nan`, `inf`, `-inf`.
///
/// A training that continues after a break, for instance in another process, may log to the same file: its earlier
/// epochs stay in it.
public final class JSONLinesLog: Callback {
  private let file: LogFile

  /// - Throws: ``TrainingError`` if the file cannot be created; its folder is created if needed.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    if plan.lastEpoch == plan.epochs { try file.begin() }
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if file.isBehind(trainer.history, with: record) {
      try file.begin()
      for earlier in trainer.history.epochs.dropLast() { try file.add(Self.line(earlier), of: earlier) }
    }
    try file.add(Self.line(record), of: record)
    return .continue
  }

  private static func line(_ record: EpochRecord) -> String {
    var members: OrderedDictionary<String, JSONValue> = [
      "epoch": .integer(record.epoch), "step": .integer(record.step), "training_seconds": .real(record.trainingSeconds),
      "evaluation_seconds": .real(record.evaluationSeconds),
    ]
    members.merge(record.metrics.map { ($0.key, .real($0.value)) }) { $1 }
    return JSONValue.object(members).text(spaces: true)
  }
}

/// A file with one line per epoch. Each line is written when the call returns, so an interrupted run keeps the epochs
/// it has finished.
///
/// A training that begins at its start replaces the file's contents. One that continues writes its earlier epochs again
/// from the trainer's history, so that none is missing or duplicated.
private final class LogFile {
  private let path: String
  private let handle: FileHandle
  private var count = 0
  private var lastEpoch: Int?

  /// - Throws: ``TrainingError/output(_:)`` if the file or its folder cannot be created.
  init(_ path: String) throws(TrainingError) {
    self.path = path
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
  }

  /// Empties the file, then writes a header.
  func begin(header: String? = nil) throws(TrainingError) {
    (count, lastEpoch) = (0, nil)
    do {
      // A file without positions, such as a terminal, has nothing to be emptied.
      if let size = try? handle.seekToEnd(), size > 0 { try handle.truncate(atOffset: 0) }
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
    if let header { try write(header) }
  }

  /// Whether the file lacks epochs of a history with a new record, or has some that the history no longer has.
  func isBehind(_ history: History, with record: EpochRecord) -> Bool {
    history.epochs.count > count + 1 || lastEpoch.map { record.epoch <= $0 } == true
  }

  func add(_ line: String, of record: EpochRecord) throws(TrainingError) {
    if count == 0 { _ = try? handle.seekToEnd() }
    try write(line)
    (count, lastEpoch) = (count + 1, record.epoch)
  }

  private func write(_ line: String) throws(TrainingError) {
    do {
      try handle.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
  }

  deinit { try? handle.close() }
}
