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

/// A line an epoch of five numbers: epoch, accuracy and loss of training, accuracy and loss of validation,
/// each with all its digits; at the end the time taken, `所要時間 = 1 分 15 秒`.
public final class EpochLines: Callback {
  private let write: (String) -> Void

  /// - Parameter write: takes a line without its end.
  public init(_ write: @escaping (String) -> Void = { print($0) }) { self.write = write }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    write(Self.line(record))
    return nil
  }

  public func trainingEnded(_ history: History) throws { write(Self.closing(seconds: history.seconds)) }

  /// Metrics that weren't taken are left out.
  public static func line(_ record: EpochRecord) -> String {
    let names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    return ([String(record.epoch)] + names.compactMap { record[$0]?.plainText }).joined(separator: " ")
  }

  /// Whole minutes and seconds, rounded down.
  public static func closing(seconds: Double) -> String {
    let whole = Int(exactly: seconds.rounded(.down)) ?? 0
    return "所要時間 = \(whole / 60) 分 \(whole % 60) 秒"
  }
}
