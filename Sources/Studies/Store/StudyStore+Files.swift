import Foundation
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The checkpoints of runs, which lie beside the store.
extension StudyStore {
  /// Takes up training at the checkpoint that the store knows, or else at the last one that was on the disk for
  /// certain.
  /// - Returns: why the first isn't possible; nil if it is, or nothing was done yet.
  func restore(_ run: ClaimedRun, into trainer: Trainer) throws -> String? {
    // An untrained model's record has no checkpoint; it is made again.
    guard let stored = run.checkpoint else {
      try rewrite(run, History())
      return nil
    }
    let path = "\(filesFolder)/\(stored.folder)"
    let reason: CheckpointError
    do {
      try trainer.restore(CheckpointFolder(path).load(stored.number))
      return nil
    } catch let error as CheckpointError {
      reason = error
    }
    do {
      let durable = RunRecorder.durableFolder(in: stored.folder)
      let folder = CheckpointFolder("\(filesFolder)/\(durable)")
      guard let number = try folder.numbers().last else { throw reason }
      let older = try folder.load(number)
      try trainer.restore(older)
      try rewrite(run, older.history, checkpoint: StoredCheckpoint(folder: durable, number: number))
    } catch is CheckpointError {
      try rewrite(run, History())
    }
    return reason.description
  }

  /// Removes the checkpoints of a run's earlier attempts.
  func removeOtherAttempts(of run: ClaimedRun) {
    let folder = "\(filesFolder)/\(run.id)"
    let own = "attempt-\(run.attempt)"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name != own {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// Removes all checkpoints of a run.
  func removeFiles(of id: String) {
    try? FileManager.default.removeItem(atPath: "\(filesFolder)/\(id)")
    // Only an empty folder goes away.
    _ = rmdir(filesFolder)
  }
}
