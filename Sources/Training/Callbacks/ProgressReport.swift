import Figures

/// Keras' progress line for each epoch: a bar while it runs on a terminal, then one line with all metrics.
public final class ProgressReport: Callback {
  private let terminal: Terminal
  private var plan: FitPlan?
  private var bar: ProgressBar?

  public init(_ terminal: Terminal = .current()) { self.terminal = terminal }

  public func trainingBegan(_ plan: FitPlan) throws { self.plan = plan }

  public func chunkEnded(_ progress: ChunkProgress) throws {
    if bar == nil { begin(progress.epoch) }
    bar?.update(progress.steps, values: progress.metrics.map { .init($0.name, $0.value) })
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    guard let plan, record.epoch > 0 else { return nil }
    if bar == nil { begin(record.epoch) }
    bar?.finish(
      plan.stepsPerEpoch, values: record.metrics.map { .init($0.key, $0.value) },
      secondsPerStep: record.trainingSeconds / Double(Swift.max(1, plan.stepsPerEpoch)))
    bar = nil
    return nil
  }

  private func begin(_ epoch: Int) {
    guard let plan else { return }
    terminal.write("Epoch \(epoch)/\(plan.epochs)\n")
    bar = ProgressBar(total: plan.stepsPerEpoch, terminal: terminal)
  }
}
