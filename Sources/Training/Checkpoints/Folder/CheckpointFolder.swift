import Files
import PJRT

/// A folder of numbered checkpoints, the last few of a training.
///
/// A checkpoint is a tensor file and a JSON sidecar, which says what the tensor file must contain. The tensor
/// file is on the disk before the sidecar gets its name, and no file is ever changed, so a process that is
/// killed, or a machine that loses power, at whatever moment leaves the older checkpoints as they were and the
/// newer one either complete or not there.
public struct CheckpointFolder: Sendable {
  public let path: String
  let disk: any Disk

  /// - Parameters:
  ///   - path: of a folder, which needn't be there yet.
  ///   - survivesPowerFailure: whether saving waits for the disk. Without that a killed process loses nothing
  ///     either; a machine that loses power may leave damaged checkpoints, which loading tells.
  public init(_ path: String, survivesPowerFailure: Bool = true) {
    self.init(path, disk: POSIXDisk(waits: survivesPowerFailure))
  }

  init(_ path: String, disk: any Disk) {
    self.path = path
    self.disk = disk
  }

  /// The numbers of the checkpoints, the newest one last; none if there is no folder.
  /// - Throws: ``CheckpointError/file(_:)`` if the folder can't be listed.
  public func numbers() throws(CheckpointError) -> [Int] {
    let names = Set(try names())
    return Set(names.compactMap { CheckpointFiles(name: $0) }).filter { names.contains($0.sidecar) }.map(\.number)
      .sorted()
  }

  /// The newest checkpoint, nil if there is none.
  /// - Throws: ``CheckpointError`` if the newest one is damaged; older ones can be loaded by number then.
  public func latest() throws(CheckpointError) -> Checkpoint? {
    var vanished: Int?
    while let newest = try numbers().last {
      do throws(CheckpointError) {
        return try load(newest)
      } catch {
        // A training that is running may have replaced it in the meantime.
        guard case .file(let failure) = error, failure.isMissingFile, newest != vanished else { throw error }
        vanished = newest
      }
    }
    return nil
  }

  /// The checkpoint of that number.
  /// - Throws: ``CheckpointError`` if it isn't there, damaged, or of a newer format.
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

  func contents(_ path: String) throws(CheckpointError) -> [UInt8] {
    do throws(FileFailure) { return try disk.contents(of: path) } catch { throw .file(error) }
  }

  func names() throws(CheckpointError) -> [String] {
    do throws(FileFailure) {
      return try disk.names(in: path)
    } catch {
      if error.isMissingFile { return [] }
      throw .file(error)
    }
  }
}
