import Configuration
import Optimizers
import TestSupport
import Testing

/// Every number of an optimizer may be a schedule: one of a single value gives the number's steps, and one that changes gives
/// others from there on.
@Suite(.tags(.engine)) struct ScheduledNumberTests {
  private struct Row: Sendable {
    let method: String
    let setting: String
    let value: Double
    var name: String { "\(method)(\(setting): \(value))" }

    func text(_ value: String) -> String {
      // What others change has to be in use.
      let more =
        switch (method, setting) {
        case ("momentum", "dampening"), ("sgd", "dampening"): ", momentum: 0.9"
        case ("adafactor", "learningRate"), ("adafactor", "decayPower"): ", relativeStep: true"
        case ("nesterov", "momentum"): ", form: classical"
        case ("sophia", "beta2"), ("sophia", "epsilon"): ", every: 1"
        default: ""
        }
      return "\(method)(\(setting): \(value)\(more))"
    }
  }

  /// Bounds that are infinite by default, where they hold.
  private static let bounds = [
    "lamb.weightNormLimit": 0.5, "lamb.trustLimit": 0.5, "prodigy.greatestGrowth": 2,
    "dAdaptAdam.greatestGrowth": 2, "dAdaptSGD.greatestGrowth": 2,
  ]

  /// Wrappers have tests of their own.
  private static let wrappers: Set<String> = ["constrained", "groups", "preceded", "onPlateau", "cautious", "lbfgs"]

  /// Settings that other ones, at their defaults, leave without effect within ten steps.
  private static let idle: Set<String> = [
    "adaBound.finalLearningRate", "adopt.epsilon", "prodigy.coefficient", "sophia.epsilon", "adaBound.gamma",
    "adaBound.epsilon", "adafactor.minimumSize",
    "adafactor.clipThreshold",
    "radam.epsilon", "shampoo.epsilon", "adEMAMix.beta3",
    // The estimates stay where they begin.
    "dAdaptAdam.greatestGrowth", "dAdaptSGD.greatestGrowth", "prodigy.greatestGrowth",
  ]

  private static let rows: [Row] = Registry<any Optimizer>.all.types.flatMap { type in
    wrappers.contains(type.name)
      ? []
      : type.parameters.compactMap { parameter in
        guard parameter.allowed.contains("schedule") else { return nil }
        let usual = bounds["\(type.name).\(parameter.name)"] ?? Double(parameter.defaultValue)
        // A value at which the setting does something.
        let value = usual.map { $0 == 0 ? 0.1 : $0 }
        return value.map { Row(method: type.name, setting: parameter.name, value: $0) }
      }
  }

  private static let runs = Result {
    let problem = try #require(OptimizerFixtures.read().problems["plain"])
    func steps(_ text: String) throws -> TensorTree { run(try optimizer(text).transform, on: problem) }
    let trees = try rows.flatMap { row in
      try [
        "\(row.value)", "piecewise(values: [\(row.value)])",
        "piecewise(values: [\(row.value), \(row.value * 0.5)], boundaries: [6])",
      ].map { try steps(row.text($0)) }
    }
    var found = try Tensor.evaluate(trees.flatMap(\.tensors))[...]
    return try trees.map { tree in
      defer { found = found.dropFirst(tree.count) }
      return try tree.with(found.prefix(tree.count)).pairs.map { try $0.tensor.values(as: Double.self) }
    }
  }

  @Test func aScheduleOfOneValueIsTheNumber() throws {
    let runs = try Self.runs.get()
    #expect(Self.rows.count > 100)
    for (index, row) in Self.rows.enumerated() {
      let (number, schedule) = (runs[3 * index].flatMap { $0 }, runs[3 * index + 1].flatMap { $0 })
      #expect(scaledDistance(schedule, number) < 1e-9, "\(row.name)")
    }
  }

  @Test func aScheduleThatChangesCounts() throws {
    let runs = try Self.runs.get()
    for (index, row) in Self.rows.enumerated() where !Self.idle.contains("\(row.method).\(row.setting)") {
      // NAdam looks a step ahead.
      for (number, changing) in zip(runs[3 * index], runs[3 * index + 2]) {
        let steps = number.count / 10
        #expect(
          scaledDistance(Array(changing.prefix(5 * steps)), Array(number.prefix(5 * steps))) < 1e-9, "\(row.name)")
      }
      let pairs = zip(runs[3 * index], runs[3 * index + 2])
      #expect(pairs.contains { $0 != $1 }, "\(row.name) has no effect")
    }
  }
}
