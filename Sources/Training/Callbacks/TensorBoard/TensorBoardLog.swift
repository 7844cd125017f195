import Foundation

/// Scalars for TensorBoard, an entry an epoch: `train/loss`, `validation/loss`, `time/training_seconds`, ….
///
/// Each log is a file of its own in the folder (TFRecord framing, `Event` messages, numbers in single
/// precision). A training that goes on after a break may write to the same folder: TensorBoard drops what the
/// interrupted one had for the epochs that are done again.
public final class TensorBoardLog: Callback {
  private let file: TensorBoardFile
  private let now: () -> Double
  private var hasBegun = false

  /// - Throws: ``TrainingError/output(_:)`` if the file can't be made; its folder is made if need be.
  public convenience init(folder: String) throws(TrainingError) {
    try self.init(folder: folder) { Date().timeIntervalSince1970 }
  }

  init(folder: String, now: @escaping () -> Double) throws(TrainingError) {
    self.now = now
    file = try TensorBoardFile(folder: folder, time: now())
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    try write(record)
    return nil
  }

  func write(_ record: EpochRecord) throws(TrainingError) {
    if !hasBegun { try file.write(TensorBoardEvent(time: now(), step: record.epoch, content: .start)) }
    hasBegun = true
    var scalars = record.metrics.map { (tag: Self.tag($0.key), value: $0.value) }
    scalars.append(("time/training_seconds", record.trainingSeconds))
    scalars.append(("time/evaluation_seconds", record.evaluationSeconds))
    try file.write(TensorBoardEvent(time: now(), step: record.epoch, content: .scalars(scalars)))
  }

  private static func tag(_ name: String) -> String {
    name.hasPrefix("val_") ? "validation/\(name.dropFirst(4))" : "train/\(name)"
  }
}
