import Figures

/// Keras' progress line for each epoch: a bar while it runs on a terminal, then one line with all metrics.
///
/// The bar moves where an epoch is run in chunks; see ``FitOptions/chunksPerEpoch``.
public final class ProgressReport: Callback {
  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private var plan: FitPlan?
  private var bar: ProgressBar?

  /// - Parameters:
  ///   - write: takes what is shown; nil writes to the terminal's stream.
  ///   - now: a clock in seconds that doesn't jump.
  public init(
    _ terminal: Terminal = .current(), write: (@Sendable (String) -> Void)? = nil,
    now: @escaping @Sendable () -> Double = ProgressBar.uptime
  ) {
    self.terminal = terminal
    self.write = write ?? { terminal.write($0) }
    self.now = now
  }

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
    write("Epoch \(epoch)/\(plan.lastEpoch)\n")
    bar = ProgressBar(total: plan.stepsPerEpoch, terminal: terminal, write: write, now: now)
  }
}
