import Figures

/// Keras' progress bar for each epoch while it runs on a terminal, then one line with all metrics.
///
/// The bar moves if epochs run in chunks; see ``FitOptions/chunksPerEpoch``. For lines in a form of your own use
/// ``LineReport``.
public final class ProgressReport: Callback {
  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private var plan: FitPlan?
  private var bar: ProgressBar?

  /// - Parameters:
  ///   - write: receives the output; nil writes to the terminal's stream.
  ///   - now: a monotonic clock in seconds.
  public init(
    _ terminal: Terminal = .current(), write: (@Sendable (String) -> Void)? = nil,
    now: @escaping @Sendable () -> Double = ProgressBar.uptime
  ) {
    self.terminal = terminal
    self.write = write ?? { terminal.write($0) }
    self.now = now
  }

  public func preparing(_ preparation: Preparation, in trainer: Trainer) throws {
    if bar == nil {
      write("Auxiliary models for \(preparation.purpose): \(preparation.models)\n")
      bar = ProgressBar(total: preparation.total, terminal: terminal, write: write, now: now)
    }
    let values = preparation.loss.map { [ProgressLine.Value("loss", $0)] } ?? []
    guard preparation.completed == preparation.total else {
      bar?.update(preparation.completed, values: values)
      return
    }
    bar?.finish(preparation.total, values: values)
    bar = nil
  }

  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws { self.plan = plan }

  public func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    if bar == nil { begin(progress.epoch) }
    bar?.update(progress.steps, values: progress.metrics.map { .init($0.name, $0.value) })
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    guard let plan, record.epoch > 0 else { return .continue }
    if bar == nil { begin(record.epoch) }
    bar?.finish(
      plan.stepsPerEpoch, values: record.metrics.map { .init($0.key, $0.value) },
      secondsPerStep: record.trainingSeconds / Double(Swift.max(1, plan.stepsPerEpoch)))
    bar = nil
    return .continue
  }

  private func begin(_ epoch: Int) {
    guard let plan else { return }
    write("Epoch \(epoch)/\(plan.lastEpoch)\n")
    bar = ProgressBar(total: plan.stepsPerEpoch, terminal: terminal, write: write, now: now)
  }
}

/// One line of text per epoch, and one at the end of training, in a given format.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs)
/// let format = LineFormat("epoch {epoch}: loss {loss}, accuracy {val_accuracy}", closing: "{minutes} min {seconds} s")
/// try trainer.fit(data.train, epochs: 3, batchSize: 50, validation: data.test, callbacks: [LineReport(format)])
/// ```
public final class LineReport: Callback {
  private let format: LineFormat
  private let write: (String) -> Void

  /// - Parameter write: receives each line, without a line break.
  public init(_ format: LineFormat = .numbers, write: @escaping (String) -> Void = { print($0) }) {
    self.format = format
    self.write = write
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    write(format.line(record))
    return .continue
  }

  public func trainingEnded(_ history: History, in trainer: Trainer) throws {
    if let line = format.closing(seconds: history.seconds) { write(line) }
  }
}

/// How epochs are written as lines of text: templates with names in braces.
///
/// A word whose name has no value is left out, so `{epoch} {loss} {val_loss}` also fits a training without validation.
public struct LineFormat: Sendable, Hashable {
  /// The line of an epoch: `{epoch}`, `{step}` or any recorded metric, with all its digits.
  public var epoch: String
  /// The line at the end of training, nil for none: `{minutes}` and `{seconds}`, rounded down, add up to the time
  /// taken.
  public var closing: String?

  public init(_ epoch: String, closing: String? = nil) {
    self.epoch = epoch
    self.closing = closing
  }

  /// Epoch, accuracy and loss of training, then accuracy and loss of validation; at the end the time taken.
  public static let numbers = LineFormat(
    "{epoch} {accuracy} {loss} {val_accuracy} {val_loss}", closing: "time: {minutes} min {seconds} s")

  /// The line of an epoch.
  public func line(_ record: EpochRecord) -> String {
    Self.filled(epoch) { name in
      switch name {
      case "epoch": String(record.epoch)
      case "step": String(record.step)
      default: record[name]?.plainText
      }
    }
  }

  /// The line at the end of training.
  /// - Parameter seconds: the time taken.
  public func closing(seconds: Double) -> String? {
    let whole = Int(exactly: seconds.rounded(.down)) ?? 0
    return closing.map { Self.filled($0) { ["minutes": String(whole / 60), "seconds": String(whole % 60)][$0] } }
  }

  private static func filled(_ template: String, _ value: (String) -> String?) -> String {
    template.split(separator: " ", omittingEmptySubsequences: false).compactMap { word -> String? in
      var (text, rest) = ("", word)
      while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
        guard let value = value(String(rest[rest.index(after: open)..<close])) else { return nil }
        text += rest[..<open] + value
        rest = rest[rest.index(after: close)...]
      }
      return text + rest
    }.joined(separator: " ")
  }
}
