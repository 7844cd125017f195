import Foundation

@testable import Studies

/// Studies that take seconds.
enum TinyStudies {
  /// - Parameter epochs: enough that a process can be stopped within a run.
  static func plan(_ name: String = "tiny", arms: [String: String]? = nil, seeds: Int = 2, epochs: Int = 4) -> StudyPlan
  {
    let arms = arms ?? ["sgd": "sgd(learningRate: 0.1)", "adam": "adam(learningRate: 0.01)"]
    return StudyPlan(
      name: name,
      base: [
        "data": "syntheticDigits(train: 200, test: 100)", "model": "mlp(hidden: [8])", "batchSize": "20",
        "epochs": "\(epochs)",
      ], arms: arms.sorted { $0.key > $1.key }.map { Arm($0.key, ["optimizer": $0.value]) }, seeds: Array(0..<seeds))
  }
}
