import Foundation

/// Finds a learning rate for a run's configuration: trains it for a short time while the rate grows exponentially.
///
/// The model that is trained is thrown away.
public struct LearningRateFinder: Sendable {
  public let range: ClosedRange<Double>
  public let epochs: Int

  /// The most points per epoch.
  fileprivate static let pointsPerEpoch = 100

  /// - Parameters:
  ///   - range: of learning rates, above 0.
  ///   - epochs: how long the sweep takes.
  /// - Throws: `ConfigurationError` for a range that isn't one of positive numbers, or no epochs.
  public init(range: ClosedRange<Double> = 1e-6...10, epochs: Int = 1) throws(ConfigurationError) {
    guard range.lowerBound > 0, range.upperBound > range.lowerBound, range.upperBound.isFinite else {
      throw .invalid(
        message: "learning rates from \(range.lowerBound) to \(range.upperBound) are no range above 0", origin: "")
    }
    guard epochs >= 1 else { throw .invalid(message: "a sweep of \(epochs) epochs has no steps", origin: "") }
    (self.range, self.epochs) = (range, epochs)
  }

  /// The configuration with the growing rate, without callbacks.
  /// - Throws: `ConfigurationError` if the optimizer has no learning rate, or for what is no training.
  public func configuration(for configuration: RunConfiguration) throws(ConfigurationError) -> RunConfiguration {
    guard configuration.experiment == nil else {
      throw .invalid(message: "an experiment has no learning rate: leave out 'experiment'", origin: "")
    }
    let growing = OptionValue.choice(
      MethodSpec(
        "exponential",
        Options([
          "initial": .number(range.lowerBound), "factor": .number(range.upperBound / range.lowerBound),
          "epochs": .text("all"),
        ])))
    guard let optimizer = configuration.optimizer.withLearningRate(growing) else {
      throw .invalid(message: "'\(configuration.optimizer.name)' has no setting 'learningRate'", origin: "optimizer")
    }
    var swept = configuration
    (swept.optimizer, swept.epochs, swept.callbacks) = (optimizer, epochs, [])
    return swept
  }

  /// Trains while the rate grows, until the end or until the loss has diverged.
  /// - Parameters:
  ///   - run: of a configuration that ``configuration(for:)`` has made.
  ///   - progress: receives each point.
  public func sweep(_ run: Run, progress: @escaping (LearningRateSweep.Point) -> Void = { _ in }) throws
    -> LearningRateSweep
  {
    let data = try run.opened.resident(examples: run.configuration.examples).train
    let recorder = SweepRecorder(range, epochs: epochs, progress: progress)
    var (trainer, options) = try run.trainer()
    (options.chunksPerEpoch, options.evaluatesBeforeTraining) = (Self.pointsPerEpoch, false)
    do {
      try trainer.fit(
        data, epochs: epochs, batchSize: run.configuration.batchSize, options: options, callbacks: [recorder])
    } catch is SweepRecorder.Diverged {}
    return recorder.sweep
  }
}

/// Takes the mean loss of each part of an epoch from the means since the epoch's start.
private final class SweepRecorder: Callback {
  struct Diverged: Error {}

  private(set) var sweep = LearningRateSweep()
  private let range: ClosedRange<Double>
  private let epochs: Int
  private let progress: (LearningRateSweep.Point) -> Void
  private var before = (steps: 0, sum: 0.0)

  /// The part of the sweep over which losses are smoothed.
  private static let window = 0.05

  init(_ range: ClosedRange<Double>, epochs: Int, progress: @escaping (LearningRateSweep.Point) -> Void) {
    (self.range, self.epochs, self.progress) = (range, epochs, progress)
  }

  func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    let count = epochs * Swift.min(LearningRateFinder.pointsPerEpoch, plan.stepsPerEpoch)
    sweep = LearningRateSweep(fading: exp(-1 / (Self.window * Double(Swift.max(1, count)))))
  }

  func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    guard let mean = progress.metrics.first(where: { $0.name == "loss" })?.value else { return }
    try add(mean, steps: progress.steps, of: progress.stepsPerEpoch, epoch: progress.epoch)
    if progress.steps == progress.stepsPerEpoch { before = (0, 0) }
  }

  private func add(_ mean: Double, steps: Int, of stepsPerEpoch: Int, epoch: Int) throws {
    let sum = mean * Double(steps)
    let loss = (sum - before.sum) / Double(Swift.max(1, steps - before.steps))
    // In the middle of the part's steps, whose rates grow by a constant factor.
    let middle = Double((epoch - 1) * stepsPerEpoch) + Double(before.steps + steps - 1) / 2
    let fraction = middle / Double(epochs * stepsPerEpoch)
    let known = sweep.points.count
    sweep.add(loss, at: range.lowerBound * pow(range.upperBound / range.lowerBound, fraction))
    if let point = sweep.points.last, sweep.points.count > known { progress(point) }
    before = (steps, sum)
    if sweep.hasDiverged { throw Diverged() }
  }
}

extension MethodSpec {
  /// An optimizer's spec with another learning rate: its own, or that of the optimizer within. Nil if there is none.
  fileprivate func withLearningRate(_ rate: OptionValue) -> MethodSpec? {
    guard let type = Registry<any Optimizer>.all.type(named: name) else { return nil }
    var settings = Dictionary(uniqueKeysWithValues: options.pairs.map { ($0.key, $0.value) })
    if type.parameters.contains(where: { $0.name == "learningRate" }) {
      settings["learningRate"] = rate
      settings[Options.key(ofUnnamed: 0)] = nil
      return MethodSpec(name, Options(settings))
    }
    guard let inner = type.parameters.first(where: { $0.name == "optimizer" }) else { return nil }
    let written = settings["optimizer"] ?? .text(inner.defaultValue)
    let spec: MethodSpec? =
      switch written.meaning {
      case .choice(let spec): spec
      case .text(let text): try? MethodSpec(parsing: text)
      default: nil
      }
    guard let changed = spec?.withLearningRate(rate) else { return nil }
    settings["optimizer"] = .choice(changed)
    return MethodSpec(name, Options(settings))
  }
}
