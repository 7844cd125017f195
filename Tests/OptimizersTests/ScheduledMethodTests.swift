import Configuration
import Optimizers
import TestSupport
import Testing

/// Every number of a gradient rule, an average, a transform or a constraint that may be a schedule follows it: one of a
/// single value gives the number's steps, and one that changes gives others from there on.
@Suite(.tags(.engine)) struct ScheduledMethodTests {
  private enum Kind: String, CaseIterable {
    case rule, average, transform, constraint

    var types: [any Configurable.Type] {
      switch self {
      case .rule: Registry<any GradientRule>.all.types
      case .average: Registry<any Averaging>.all.types
      case .transform: Registry<any NamedTransform>.all.types
      case .constraint: Registry<any WeightConstraint>.all.types
      }
    }

    /// Parameters, and what is evaluated in their place, after each of ten steps.
    func steps(_ text: String, _ problem: OptimizerFixtures.Problem) throws -> [Tensor] {
      let spec = try MethodSpec(parsing: text)
      let sgd = try optimizer("sgd(learningRate: 0.05)").transform
      switch self {
      case .rule:
        return ScheduledMethodTests.steps(try Registry<any GradientRule>.all.build(spec), sgd, problem)
      case .average:
        let average = try Registry<any Averaging>.all.build(spec)
        let found = run(sgd, average, from: problem.parameterTree, gradients: problem.gradientTree)
        return found.parameters.tensors + found.averaged.tensors
      case .transform:
        let preceded = try optimizer("preceded(by: \(text), optimizer: sgd(learningRate: 0.05))")
        return run(preceded.transform, on: problem).tensors
      case .constraint:
        let constrained = try optimizer("constrained(by: \(text), optimizer: sgd(learningRate: 0.05))")
        return run(constrained.transform, on: problem).tensors
      }
    }
  }

  private struct Row: Sendable {
    let kind: Kind
    let method: String
    let setting: String
    let value: Double
    var name: String { "\(method).\(setting)" }

    func text(_ value: String) -> String {
      // What others change has to be in use.
      let more =
        switch name {
        case "sam.eta", "esam.eta", "friendlySAM.eta", "wsam.eta": ", adaptive: true"
        case "lookSAM.rho", "lookahead.alpha": ", every: 2"
        default: ""
        }
      return "\(method)(\(setting): \(value)\(more))"
    }
  }

  /// Values at which a setting does something where its default doesn't.
  private static let values = ["clipAdaptively.epsilon": 5.0]

  /// Settings that others, at their defaults, leave without effect.
  private static let idle: Set<String> = []

  private static let rows: [Row] = Kind.allCases.flatMap { kind in
    kind.types.flatMap { type in
      type.parameters.compactMap { parameter -> Row? in
        guard parameter.allowed.contains("schedule") else { return nil }
        let usual = values["\(type.name).\(parameter.name)"] ?? Double(parameter.defaultValue)
        return usual.map {
          Row(kind: kind, method: type.name, setting: parameter.name, value: $0 == 0 ? 0.1 : $0)
        }
      }
    }
  }

  private static func steps(
    _ rule: any GradientRule, _ transform: any Transform, _ problem: OptimizerFixtures.Problem
  ) -> [Tensor] {
    ruledSteps(
      rule, transform, from: problem.parameterTree, over: problem.gradientTree, stepsPerEpoch: 1, epochs: 10,
      scale: 0.01
    ) { point, center, state, part in
      let shares = part.rows(of: Tensor([0.5, 1, 1.5, 2]))
      let distances = point.zip(center, -)
      let sum = distances.tensors.reduce(Tensor(0, dtype: .float64)) { $0 + ($1.squared().squared() / 4).sum() }
      let losses = sum * shares
      return Evaluation(
        loss: losses.mean(), gradients: distances.mapValues { $0 * $0.squared() * shares.mean() }, state: state,
        metrics: TensorTree(), losses: losses)
    }
  }

  private static let runs = Result {
    let problem = try #require(OptimizerFixtures.read().problems["plain"])
    let runs = try rows.flatMap { row in
      let changing = "piecewise(values: [\(row.value), \(row.value * 0.5)], boundaries: [6])"
      return try ["\(row.value)", "piecewise(values: [\(row.value)])", changing].map {
        try row.kind.steps(row.text($0), problem)
      }
    }
    var found = try Tensor.evaluate(runs.flatMap(\.self))[...]
    return try runs.map { run in
      defer { found = found.dropFirst(run.count) }
      return try found.prefix(run.count).map { try $0.values(as: Double.self) }
    }
  }

  @Test func everyKindHasRows() {
    for kind in Kind.allCases { #expect(Self.rows.contains { $0.kind == kind }, "\(kind)") }
    #expect(Self.rows.count > 30)
  }

  @Test func aScheduleOfOneValueIsTheNumber() throws {
    let runs = try Self.runs.get()
    for (index, row) in Self.rows.enumerated() {
      let (number, schedule) = (runs[3 * index].flatMap { $0 }, runs[3 * index + 1].flatMap { $0 })
      #expect(number.allSatisfy { $0.isFinite }, "\(row.name)")
      #expect(scaledDistance(schedule, number) < 1e-9, "\(row.name)")
    }
  }

  @Test func aScheduleThatChangesCounts() throws {
    let runs = try Self.runs.get()
    for (index, row) in Self.rows.enumerated() {
      for (number, changing) in zip(runs[3 * index], runs[3 * index + 2]) {
        let begun = 6 * number.count / 10
        #expect(scaledDistance(Array(changing.prefix(begun)), Array(number.prefix(begun))) < 1e-9, "\(row.name)")
      }
      let differs = zip(runs[3 * index], runs[3 * index + 2]).contains { scaledDistance($0, $1) > 1e-9 }
      #expect(differs == !Self.idle.contains(row.name), "\(row.name)")
    }
  }
}
