import Foundation
import Studies

/// Fills a store with a study that nobody has trained, for `measure.py` beside this file: its runs are claimed and stored as those of
/// a training are, an epoch after the other, with numbers that are made up.
///
/// Arguments: the store, then how many arms, seeds and epochs. Prints seconds by what was done, as `name seconds count`.
@main struct StudyFiller {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 4, let path = words.first else {
      throw ConfigurationError.invalid(message: "expected STORE ARMS SEEDS EPOCHS", origin: "")
    }
    let numbers = words.dropFirst().compactMap { Int($0) }
    guard numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else {
      throw ConfigurationError.invalid(message: "arms, seeds and epochs are positive numbers", origin: "")
    }
    try StudyFiller(path, arms: numbers[0], seeds: numbers[1], epochs: numbers[2]).run()
  }

  private let store: StudyStore
  private let plan: StudyPlan
  private let epochs: Int
  private let clock = ContinuousClock()
  /// Runs per measurement.
  private static let part = 1000

  private init(_ path: String, arms: Int, seeds: Int, epochs: Int) throws {
    store = try StudyStore(path)
    plan = StudyPlan(
      name: "large", base: ["data": "syntheticDigits", "model": "mlp(hidden: [100, 50])", "epochs": "\(epochs)"],
      arms: (0..<arms).map { arm in
        Arm("arm \(arm)", ["optimizer": "sgd(learningRate: \(Double(arm + 1) / Double(arms)))"])
      }, seeds: Array(0..<seeds))
    self.epochs = epochs
  }

  private func run() throws {
    let registered = try clock.measure { try store.register(plan) }
    print("register", registered / .seconds(1), plan.arms.count * plan.seeds.count)
    let study = try store.study(named: plan.name)
    let worker = WorkerIdentity()
    var isDone = false
    while !isDone {
      var (claiming, storing) = (Duration.zero, Duration.zero)
      var count = 0
      while count < Self.part {
        var claimed: ClaimedRun?
        claiming += try clock.measure { claimed = try store.claim(of: study, worker: worker) }
        guard let run = claimed else {
          isDone = true
          break
        }
        storing += try clock.measure { try store.record(made(run)) }
        count += 1
      }
      guard count > 0 else { break }
      print("claim", claiming / .seconds(1), count)
      print("store", storing / .seconds(1), count)
      fflush(nil)
    }
  }

  /// The epochs of a run, whose accuracy rises to a level of its arm and seed.
  private func made(_ run: ClaimedRun) -> [StoredEpoch] {
    let arm = Double(run.arm.split(separator: " ").last.flatMap { Int($0) } ?? 0)
    let level = 0.9 + 0.08 * sin(arm / 40) + 0.01 * sin(Double(run.seed) * 12.9898 + arm)
    return (1...epochs).map { epoch in
      let accuracy = level * (1 - 0.5 / Double(epoch * epoch))
      let record = EpochRecord(
        epoch: epoch, step: epoch * 600,
        metrics: [
          "loss": 2 * (1 - accuracy), "accuracy": accuracy, "val_loss": 2.1 * (1 - accuracy),
          "val_accuracy": accuracy - 0.01,
        ], trainingSeconds: 0.2, evaluationSeconds: 0.01)
      let end = RunEnd(
        steps: epochs * 600, gradientEvaluations: Double(epochs * 600), isDiverged: false, keepsCheckpoint: false)
      return StoredEpoch(run: run, record: record, checkpoint: nil, end: epoch == epochs ? end : nil)
    }
  }
}
