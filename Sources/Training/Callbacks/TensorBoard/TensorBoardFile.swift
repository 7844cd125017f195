import Files
import Foundation

/// An event file that grows; an entry is with the system when the call returns.
final class TensorBoardFile {
  private static let prefix = "events.out.tfevents."
  private let path: String
  private let handle: FileHandle

  /// - Throws: ``TrainingError/output(_:)`` if the file or its folder can't be made.
  init(folder: String, time: Double) throws(TrainingError) {
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      // TensorBoard reads the files of a folder in the order of their names: ours has to be the last.
      let earlier =
        try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasPrefix(Self.prefix) }
        .compactMap { Int($0.dropFirst(Self.prefix.count).prefix { $0.isNumber }) }.max() ?? 0
      let digits = String(Swift.max(Int(time), Swift.min(earlier, 9_999_999_998) + 1))
      let number = String(repeating: "0", count: Swift.max(0, 10 - digits.count)) + digits
      let file = url.appendingPathComponent("\(Self.prefix)\(number).tanren")
      path = file.path
      try Data().write(to: file, options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: file)
    } catch {
      throw .output(FileFailure(.write, path: folder, error))
    }
    try write(TensorBoardEvent(time: time, step: 0, content: .version))
  }

  func write(_ event: TensorBoardEvent) throws(TrainingError) {
    do {
      try handle.write(contentsOf: Data(event.record))
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
  }

  deinit { try? handle.close() }
}
