import Files
import PJRT

/// A folder of numbered checkpoints, the last few of a training.
///
/// ```swift
/// let folder = CheckpointFolder("runs/third/checkpoints")
/// let kernel = try HostArray([1.5, 2.5] as [Float], shape: [2])
/// let number = try folder.save(
///   Checkpoint(tensors: ["parameters/dense1/kernel": kernel], epoch: 3, step: 30, key: [0, 0]), keep: 2)
/// print(try folder.numbers().contains(number), try folder.load(number).epoch)  // true 3
/// ```
/// A checkpoint is a tensor file and a JSON sidecar, which says what the tensor file must contain. The tensor file is
/// on disk before the sidecar gets its name, and no file is ever changed. If the process is killed or the machine loses
/// power, at any moment, the older checkpoints are intact and the newer one is either complete or absent.
public struct CheckpointFolder: Sendable {
  public let path: String
  private let disk: any Disk

  /// - Parameters:
  ///   - path: of a folder, which need not exist yet.
  ///   - survivesPowerFailure: whether saving waits for the disk. A killed process loses nothing either way; without
  ///     waiting, a machine that loses power may leave damaged checkpoints, which loading reports.
  public init(_ path: String, survivesPowerFailure: Bool = true) {
    self.init(path, disk: POSIXDisk(waits: survivesPowerFailure))
  }

  init(_ path: String, disk: any Disk) {
    self.path = path
    self.disk = disk
  }

  /// The numbers of the checkpoints, the newest last; empty if there is no folder.
  /// - Throws: ``CheckpointError/file(_:)`` if the folder cannot be listed.
  public func numbers() throws(CheckpointError) -> [Int] {
    let names = Set(try names())
    return Set(names.compactMap { CheckpointFiles(name: $0) }).filter { names.contains($0.sidecar) }.map(\.number)
      .sorted()
  }

  /// The newest checkpoint, nil if there is none.
  /// - Throws: ``CheckpointError`` if the newest one is damaged; older ones can still be loaded by number.
  public func latest() throws(CheckpointError) -> Checkpoint? {
    var vanished: Int?
    while let newest = try numbers().last {
      do throws(CheckpointError) {
        return try load(newest)
      } catch {
        // A running training may have replaced it in the meantime.
        guard case .file(let failure) = error, failure.isMissingFile, newest != vanished else { throw error }
        vanished = newest
      }
    }
    return nil
  }

  /// The checkpoint with a number.
  /// - Throws: ``CheckpointError`` if it is missing, damaged, or of a newer format.
  public func load(_ number: Int) throws(CheckpointError) -> Checkpoint {
    let files = CheckpointFiles(number: number)
    let sidecarPath = "\(path)/\(files.sidecar)"
    let sidecar = try Sidecar(reading: try contents(sidecarPath), path: sidecarPath)
    let tensorPath = "\(path)/\(files.tensors)"
    guard sidecar.tensorFile == files.tensors else {
      throw .malformed(path: sidecarPath, reason: "it belongs to \(sidecar.tensorFile), not \(files.tensors)")
    }
    let bytes = try contents(tensorPath)
    guard bytes.count == sidecar.tensorByteCount else {
      throw .truncated(path: tensorPath, expected: sidecar.tensorByteCount, actual: bytes.count)
    }
    let digest = SHA256.hex(of: bytes)
    guard digest == sidecar.tensorDigest else {
      throw .damaged(path: tensorPath, expected: sidecar.tensorDigest, actual: digest)
    }
    do throws(SafetensorsError) {
      return sidecar.checkpoint(holding: try Safetensors(bytes: bytes).tensors)
    } catch {
      throw .tensors(SafetensorsError(error.problem, path: tensorPath))
    }
  }

  private func contents(_ path: String) throws(CheckpointError) -> [UInt8] {
    do throws(FileFailure) { return try disk.contents(of: path) } catch { throw .file(error) }
  }

  private func names() throws(CheckpointError) -> [String] {
    do throws(FileFailure) {
      return try disk.names(in: path)
    } catch {
      if error.isMissingFile { return [] }
      throw .file(error)
    }
  }
}

extension CheckpointFolder {
  /// Saves a checkpoint as the newest one, then removes all but the last `keep`.
  ///
  /// - Returns: its number.
  /// - Throws: ``CheckpointError/file(_:)``, for instance if the disk is full. If removing old checkpoints fails, the
  ///   new one exists nonetheless.
  @discardableResult
  public func save(_ checkpoint: Checkpoint, keep: Int = 2) throws(CheckpointError) -> Int {
    guard keep >= 1 else { throw .invalidSetting(name: "keep", value: keep, requirement: "1 or more") }
    // The remains of an interrupted save count too: their names are taken.
    let last = try names().compactMap { CheckpointFiles(name: $0)?.number }.max() ?? 0
    guard last < CheckpointFiles.numberLimit else { throw .noNumberLeft(folder: path) }
    let files = CheckpointFiles(number: last + 1)
    let bytes: [UInt8]
    do throws(SafetensorsError) {
      bytes = try Safetensors(checkpoint.allTensors, metadata: ["format": Sidecar.format]).bytes()
    } catch {
      throw .tensors(error)
    }
    let sidecar = Sidecar(
      tensorFile: files.tensors, tensorDigest: SHA256.hex(of: bytes), tensorByteCount: bytes.count,
      checkpoint: checkpoint)
    do throws(FileFailure) {
      try disk.makeFolder(path)
      try publish(bytes, as: files.tensors)
      do throws(FileFailure) {
        try publish(Array(sidecar.text().utf8), as: files.sidecar)
      } catch {
        withdraw(files)
        throw error
      }
      try prune(newest: files.number, keep: keep)
    } catch {
      throw .file(error)
    }
    return files.number
  }

  /// Removes the remains of a failed save. Only the original failure is reported.
  private func withdraw(_ files: CheckpointFiles) {
    do throws(FileFailure) {
      try disk.delete("\(path)/\(files.sidecar)")
    } catch {
      // A sidecar that remains needs its tensors.
      guard error.isMissingFile else { return }
    }
    try? disk.delete("\(path)/\(files.tensors)")
  }

  private func publish(_ bytes: [UInt8], as name: String) throws(FileFailure) {
    try disk.publish(bytes, as: "\(path)/\(name)", by: "\(path)/\(CheckpointFiles.partial(name))")
  }

  /// Removes old checkpoints and the remains of interrupted saves.
  private func prune(newest: Int, keep: Int) throws(FileFailure) {
    let names = Set(try disk.names(in: path))
    let all = Set(names.compactMap { CheckpointFiles(name: $0) }).filter { $0.number <= newest }
    let complete = all.filter { names.contains($0.sidecar) }.sorted { $0.number > $1.number }
    let kept = Set(complete.prefix(keep).flatMap(\.names))
    for files in all {
      // The sidecar first: without it the rest isn't a checkpoint.
      for name in files.names + files.names.map(CheckpointFiles.partial)
      where names.contains(name) && !kept.contains(name) {
        try disk.delete("\(path)/\(name)")
      }
    }
  }
}

/// The names of a checkpoint's two files. The higher the number, the newer the checkpoint.
private struct CheckpointFiles: Hashable {
  let number: Int

  /// Files with longer numbers aren't checkpoints.
  static let numberLimit = 999_999_999_999_999

  var sidecar: String { "\(stem).json" }
  var tensors: String { "\(stem).safetensors" }

  private var stem: String {
    let digits = String(number)
    return "checkpoint-" + String(repeating: "0", count: Swift.max(0, 8 - digits.count)) + digits
  }

  /// The name of a file while it is being written.
  static func partial(_ name: String) -> String { ".\(name).partial" }

  init(number: Int) { self.number = number }

  /// - Parameter name: of any file in the folder; the result is nil if it isn't part of a checkpoint, complete or
  ///   partial.
  init?(name: String) {
    let digits = name.drop { !$0.isNumber }.prefix { $0.isNumber }
    guard let number = Int(digits), number <= Self.numberLimit else { return nil }
    self.init(number: number)
    guard (names + names.map(Self.partial)).contains(name) else { return nil }
  }

  var names: [String] { [sidecar, tensors] }
}
