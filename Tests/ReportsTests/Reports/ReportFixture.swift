import Foundation
import Reports
import TestSupport

/// Three arms over eight seeds whose statistics SciPy computed; see `Fixtures/report.py`.
struct ReportFixture: Decodable {
  struct Expected: Decodable {
    struct Arm: Decodable {
      let mean: Double
      let interval: [Double]
      let median: Double
      let quartiles: [Double]
      let best: Double
      let prediction: [Double]
      let target: Double

      enum CodingKeys: String, CodingKey {
        case mean, interval, median, quartiles, best, prediction
        case target = "epochs_to_0.96"
      }
    }

    struct Comparison: Decodable {
      let difference: Double
      let interval: [Double]
      let p: Double
      let holm: Double
      let probability: Double
    }

    let arms: [String: Arm]
    let comparisons: [String: Comparison]
  }

  let seeds: [Int]
  /// By arm and seed, a value an epoch.
  let arms: [String: [String: [Double]]]
  let expected: Expected

  static let names = ["base", "better", "alike"]

  static func load() throws -> ReportFixture {
    try Bundle.module.decodeFixture("report")
  }

  var facts: StudyFacts {
    StudyFacts(
      name: "three", title: "Three arms",
      arms: Self.names.map { name in
        ArmFacts(
          name, baseline: name == "base" ? nil : "base",
          settings: [ReportSetting("optimizer", name), ReportSetting("epochs", "6", number: 6)])
      },
      seeds: seeds, targets: [0.96], command: "tanren study run plan.yml",
      environment: [EnvironmentFact("Device", "a machine & its core")])
  }

  var results: [ArmResult] {
    Self.names.map { name in
      ArmResult(
        Arm(name, [String: String]()),
        runs: seeds.map {
          ($0, History.of("val_accuracy", arms[name]?["\($0)"] ?? [], losses: [0.5, 0.25, 0.2, 0.1, 0.05, 0.04]))
        })
    }
  }

  func report() throws -> StudyReport { try StudyReport(facts, results) }
}

extension History {
  /// A value an epoch from the first, a second and 100 steps each.
  static func of(_ metric: String, _ values: [Double], losses: [Double] = []) -> History {
    History(
      epochs: values.indices.map { index in
        EpochRecord(
          epoch: index + 1, step: 100 * (index + 1),
          metrics: [metric: values[index], "loss": losses.indices.contains(index) ? losses[index] : 0.1],
          trainingSeconds: 0.75, evaluationSeconds: 0.25)
      })
  }
}

extension ArmResult {
  init(_ name: String, _ metric: String, _ runs: [[Double]], losses: [Double] = []) {
    self.init(
      Arm(name, [String: String]()),
      runs: runs.enumerated().map { ($0.offset, History.of(metric, $0.element, losses: losses)) })
  }
}
