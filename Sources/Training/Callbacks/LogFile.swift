import Files
import Foundation

/// A file with a line an epoch; each is on disk when the call returns, so that an interrupted run keeps what it has
/// finished.
///
/// Whatever was there before is replaced when a training begins at its start. One that goes on writes its earlier
/// epochs again, from the trainer's history, so that none is missing or there twice.
final class LogFile {
  private let path: String
  private let handle: FileHandle
  private var count = 0
  private var lastEpoch: Int?

  /// - Throws: ``TrainingError/output(_:)`` if the file or its folder can't be made.
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

  /// Empties the file but for a header.
  func begin(header: String? = nil) throws(TrainingError) {
    (count, lastEpoch) = (0, nil)
    do {
      // What can't be sought, a terminal say, has nothing to be emptied of.
      if let size = try? handle.seekToEnd(), size > 0 { try handle.truncate(atOffset: 0) }
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
    if let header { try write(header) }
  }

  /// Whether the file lacks epochs that are in a history with a new record, or has some that were taken back.
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
