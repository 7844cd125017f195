import Configuration
import Layers
import TestSupport
import Testing

/// Every number of a loss or a penalty that may be a schedule follows it.
@Suite(.tags(.engine)) struct ScheduledLossTests {
  private struct Row {
    let name: String
    /// What is to be minimized, for a text of the setting's value and a step.
    let objective: (String, Int) throws -> Tensor
    let value: Double
  }

  private static func progress(_ step: Int) -> Progress {
    Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 10)
  }

  private static func objective(_ loss: any Loss) -> Tensor {
    let key = Key(seed: 1)
    var targets: Tensor
    let width: Int
    switch loss.outputKind {
    case .classLogits, .classProbabilities, .classLogProbabilities:
      (targets, width) = (Tensor([0, 2, 1, 1] as [Int32]), 3)
    case .eventLogits, .eventProbabilities: (targets, width) = (Tensor([0.0, 1, 1, 0], shape: [4, 1]), 1)
    case .values, nil: (targets, width) = (Tensor([0.5, -1, 2, 0], shape: [4, 1]), 1)
    }
    if loss is KLDivergence { targets = targets.oneHot(3, dtype: .float64) }
    let outputs = (0..<loss.passes).map { pass in
      let numbers = key.folding(pass).normal([4, width], dtype: .float64)
      return loss.outputKind == .classProbabilities || loss.outputKind == .eventProbabilities
        ? numbers.softmax() : numbers
    }
    let total = loss.total(passes: outputs, targets, weights: nil)
    return loss.value(sum: total.sum, count: total.count, penalty: nil).objective
  }

  /// Values at which a setting does something where its default doesn't.
  private static let values = [
    "flooded.at": 5.0, "individuallyFlooded.at": 5, "l1l2.l1": 0.5, "l1l2.l2": 0.5,
    "softmaxCrossEntropy.labelSmoothing": 0.2,
    "probabilityCrossEntropy.labelSmoothing": 0.2,
  ]

  private var rows: [Row] {
    func rows(_ types: [any Configurable.Type], _ objective: @escaping (MethodSpec, Int) throws -> Tensor) -> [Row] {
      types.flatMap { type in
        type.parameters.compactMap { parameter -> Row? in
          let name = "\(type.name).\(parameter.name)"
          guard parameter.allowed.contains("schedule"), let value = Self.values[name] ?? Double(parameter.defaultValue)
          else { return nil }
          return Row(
            name: name,
            objective: { try objective(MethodSpec(parsing: "\(type.name)(\(parameter.name): \($0))"), $1) },
            value: value)
        }
      }
    }
    return rows(Registry<any Loss>.all.types) {
      Self.objective(try Registry<any Loss>.all.build($0).scheduled(at: Self.progress($1)))
    }
      + rows(Registry<any Penalty>.all.types) {
        try Registry<any Penalty>.all.build($0).scheduled(at: Self.progress($1))(PenaltyTests.parameters)
      }
  }

  @Test func everyNumberFollowsItsSchedule() throws {
    let rows = rows
    for name in ["flooded", "focal", "confidencePenalized", "rDrop", "l1l2"] {
      #expect(rows.contains { $0.name.hasPrefix(name + ".") }, "\(name)")
    }
    let found = try Tensor.evaluate(
      rows.flatMap { row in
        let schedule = "piecewise(values: [\(row.value), \(row.value / 2)], boundaries: [3])"
        return [
          try row.objective(schedule, 2), try row.objective("\(row.value)", 2), try row.objective(schedule, 3),
          try row.objective("\(row.value / 2)", 3),
        ]
      }
    ).map { try $0.cast(to: .float64).scalar() }
    for (index, row) in rows.enumerated() {
      let numbers = Array(found[4 * index..<4 * index + 4])
      #expect(scaledDistance([numbers[0], numbers[2]], [numbers[1], numbers[3]]) < 1e-12, "\(row.name)")
      #expect(scaledDistance([numbers[1]], [numbers[3]]) > 1e-6, "\(row.name) has no effect")
    }
  }

  /// The terms of every loss add up to it, and modifiers that nest have the terms of both.
  @Test func lossesAreTheSumOfTheirTerms() throws {
    let nested = "summed(rDrop(loss: confidencePenalized(beta: 0.4), alpha: 2))"
    let counts = ["rDrop": 2, "confidencePenalized": 2, nested: 3]
    for text in Registry<any Loss>.all.names + [nested] {
      let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: text))
      let terms = loss.terms
      for term in terms { #expect(term.passes == loss.passes, "\(text)") }
      #expect(terms.count == counts[text] ?? 1, "\(text)")
      let found = try Tensor.evaluate([Self.objective(loss)] + terms.map { Self.objective($0) }).map {
        try $0.cast(to: .float64).scalar()
      }
      #expect(scaledDistance([found.dropFirst().reduce(0, +)], [found[0]]) < 1e-12, "\(text)")
    }
  }
}
