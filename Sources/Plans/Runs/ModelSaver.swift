import Files
import Training

/// Saves a run's model when training ends, and the model of the best epoch as soon as there is a better one.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let run = Run(RunConfiguration(), data: data)
/// let saver = ModelSaver(run, last: "models/last.safetensors", best: "models/best.safetensors")
/// _ = try run.train(callbacks: [saver])
/// print(saver.written)  // ["models/last.safetensors", "models/best.safetensors"]
/// ```
/// The best epoch is that of the metric that the run's callbacks watch, if they watch one: `bestWeights`, otherwise
/// `earlyStopping`. Otherwise it is that of the first metric of the validation data, or of their loss if nothing else is
/// recorded. An epoch with a loss that isn't finite is never the best.
public final class ModelSaver: Callback {
  private let run: Run
  private let (last, best): (String, String)
  private var metric: PrimaryMetric?
  private var bestEpoch: EpochRecord?
  /// The files written so far.
  public private(set) var written: [String] = []

  public init(_ run: Run, last: String, best: String) { (self.run, self.last, self.best) = (run, last, best) }

  /// Removes the models of an earlier run: an interrupted run mustn't leave them beside its own files.
  /// - Throws: ``ModelFileError/file(_:)``
  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    metric = run.configuration.bestMetric(among: plan.metrics)
    bestEpoch = metric?.bestEpoch(of: trainer.history)
    written = []
    guard trainer.step == 0 else { return }
    for path in [last, best] {
      do throws(FileFailure) {
        try POSIXDisk().delete(path)
      } catch {
        guard error.isMissingFile else { throw ModelFileError.file(error) }
      }
    }
  }

  /// - Throws: ``ModelFileError``
  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    guard let found = metric?.bestEpoch(of: trainer.history), found.epoch != bestEpoch?.epoch else { return .continue }
    try save(trainer, record, to: best)
    bestEpoch = found
    return .continue
  }

  /// - Throws: ``ModelFileError``
  public func trainingEnded(_ history: History, in trainer: Trainer) throws {
    let records = trainer.history.epochs
    try save(trainer, records.first { $0.epoch == trainer.restoredEpoch } ?? records.last, to: last)
  }

  private func save(_ trainer: Trainer, _ record: EpochRecord?, to path: String) throws {
    try ModelFile(trainer, of: run, after: record).write(to: path)
    if !written.contains(path) { written.append(path) }
  }
}
