import Files
import PJRT

extension CheckpointFolder {
  /// Saves a checkpoint as the newest one, then removes what is older than the last `keep`.
  ///
  /// - Returns: its number.
  /// - Throws: ``CheckpointError/file(_:)``, for a full disk say. If removing failed, the new checkpoint is
  ///   there nonetheless.
  @discardableResult
  public func save(_ checkpoint: Checkpoint, keep: Int = 2) throws(CheckpointError) -> Int {
    guard keep >= 1 else { throw .invalidSetting(name: "keep", value: keep, requirement: "1 or more") }
    // What an interrupted writer left counts too: its names are taken.
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

  /// Removes what a save that failed has left; the failure itself is what is told.
  private func withdraw(_ files: CheckpointFiles) {
    do throws(FileFailure) {
      try disk.delete("\(path)/\(files.sidecar)")
    } catch {
      // A sidecar that stays needs its tensors.
      guard error.isMissingFile else { return }
    }
    try? disk.delete("\(path)/\(files.tensors)")
  }

  private func publish(_ bytes: [UInt8], as name: String) throws(FileFailure) {
    try disk.publish(bytes, as: "\(path)/\(name)", by: "\(path)/\(CheckpointFiles.partial(name))")
  }

  /// Removes old checkpoints, and what interrupted writers left.
  private func prune(newest: Int, keep: Int) throws(FileFailure) {
    let names = Set(try disk.names(in: path))
    let all = Set(names.compactMap { CheckpointFiles(name: $0) }).filter { $0.number <= newest }
    let complete = all.filter { names.contains($0.sidecar) }.sorted { $0.number > $1.number }
    let kept = Set(complete.prefix(keep).flatMap(\.names))
    for files in all {
      // The sidecar first: without it the rest is no checkpoint.
      for name in files.names + files.names.map(CheckpointFiles.partial)
      where names.contains(name) && !kept.contains(name) {
        try disk.delete("\(path)/\(name)")
      }
    }
  }
}
