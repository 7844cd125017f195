import Configuration
import Optimizers
import TestSupport
import Testing

/// Values over 30 steps, with an epoch of one step.
@Suite(.tags(.engine)) struct ScheduleTableTests {
  private struct Row: Decodable {
    let name: String
    let values: [Double]
  }

  private static let rows: [(fixture: String, choice: String)] = [
    ("cosine-keras", "cosine(initial: 0.1, epochs: 20)"),
    ("cosine-floor-keras", "cosine(initial: 0.1, final: 0.01, steps: 20)"),
    ("cosine", "cosine(initial: 0.1, final: 0.001)"),
    ("warmup-cosine-keras", "warmup(epochs: 5, then: cosine(initial: 0.1, epochs: 20))"),
    ("warmup-cosine", "warmup(from: 0.01, steps: 5, then: cosine(initial: 0.1))"),
    ("warmup-cosine-optax", "warmup(from: 0.01, steps: 5, then: cosine(initial: 0.1, final: 0.001, epochs: 20))"),
    ("linear-warmup", "warmup(from: 0.01, epochs: 5, then: 0.1)"),
    ("restarts-keras", "cosineRestarts(initial: 0.1, epochs: 6, periodFactor: 2, rateFactor: 0.5)"),
    ("restarts", "cosineRestarts(initial: 0.1, final: 0.001, steps: 6, periodFactor: 2)"),
    ("exponential-keras", "exponential(initial: 0.1, factor: 0.5, epochs: 10)"),
    ("exponential-staircase-keras", "exponential(initial: 0.1, factor: 0.5, steps: 10, staircase: true)"),
    ("exponential", "exponential(initial: 0.1, factor: 0.9)"),
    ("step", "exponential(initial: 0.1, factor: 0.1, epochs: 10, staircase: true)"),
    ("step", "step(initial: 0.1, milestones: [10, 20])"),
    ("multi-step", "step(initial: 0.1, milestones: [12, 17])"),
    ("piecewise-keras", "piecewise(values: [0.1, 0.01, 0.001], boundaries: [10, 20])"),
    ("inverse-time-keras", "inverseTime(initial: 0.1, factor: 0.5, epochs: 10)"),
    ("polynomial-keras", "polynomial(initial: 0.1, final: 0.01, power: 2, epochs: 20)"),
    ("polynomial", "polynomial(initial: 0.1, power: 2, epochs: 20)"),
    ("linear-keras", "polynomial(initial: 0.1, epochs: 20)"),
    ("one-cycle", "oneCycle(peak: 0.1, steps: 31)"),
    ("warmup-stable-decay", "warmupStableDecay(value: 0.1, final: 0.01, warmup: 0.2, decay: 0.3)"),
    (
      "warmup-stable-cosine",
      "warmupStableDecay(value: 0.1, final: 0.01, warmup: 0, decay: 0.5, shape: cosine, steps: 20)"
    ),
    ("warmup-stable-root", "warmupStableDecay(value: 0.1, warmup: 0.1, decay: 0.4, shape: squareRoot)"),
    ("knee", "knee(peak: 0.1, warmup: 0.1, explore: 0.5)"),
    ("knee-without-warmup", "knee(peak: 0.1, explore: 0.4)"),
    ("rex", "rex(initial: 0.1)"),
    ("rex-floor", "rex(initial: 0.1, final: 0.01, epochs: 20)"),
    ("untuned-linear", "untunedWarmup(then: 0.1, beta2: 0.9)"),
    ("untuned-exponential", "untunedWarmup(then: 0.1, beta2: 0.9, shape: exponential)"),
    ("untuned-cosine", "untunedWarmup(then: cosine(initial: 0.1), beta2: 0.9375)"),
    ("cosine", "batchScaled(schedule: cosine(initial: 0.05, final: 0.0005), reference: 64)"),
    ("cosine", "batchScaled(schedule: cosine(initial: 0.05, final: 0.0005), reference: 32, rule: squareRoot)"),
  ]

  private func values(
    _ choice: String, dtype: DType = .float64, stepsPerEpoch: Int = 1, epochs: Int = 30
  ) throws -> Tensor {
    let schedule = try Registry<any NamedSchedule>.all.build(MethodSpec(parsing: choice))
    return scan(carry: [], over: [Tensor.iota([30])]) { _, steps in
      let progress = Progress(step: steps[0], stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: 128)
      return ([], [schedule.value(at: progress, dtype: dtype).cast(to: .float64)])
    }.outputs[0]
  }

  @Test func agreeWithTheirSources() throws {
    let fixtures = try ["schedules", "staged_schedules"].flatMap { name -> [Row] in try OptimizerFixtures.read(name) }
    let all = try Tensor.evaluate(Self.rows.map { try values($0.choice) })
    for ((fixture, choice), actual) in zip(Self.rows, all) {
      let expected = try #require(fixtures.first { $0.name == fixture }, "there is no fixture '\(fixture)'").values
      let found = try actual.values(as: Double.self)
      #expect(scaledDistance(found, expected) <= 1e-12, "\(choice) and \(fixture) part: \(found), not \(expected)")
    }
    #expect(Set(fixtures.map(\.name)).subtracting(Self.rows.map(\.fixture)) == [])
  }

  @Test func everyScheduleHasARow() throws {
    let tested = Set(try Self.rows.map { try MethodSpec(parsing: $0.choice).name } + ["constant"])
    #expect(Set(Registry<any NamedSchedule>.all.names).subtracting(tested) == [])
  }

  @Test func spansCountEpochs() throws {
    let found = try Tensor.evaluate([
      values("constant(value: 0.3)"),
      values("step(initial: 1, milestones: [1, 2.5])", stepsPerEpoch: 10, epochs: 3),
      values("warmup(epochs: 2, then: 1, perEpoch: true)", stepsPerEpoch: 10, epochs: 3),
      values("warmup(epochs: 1, then: step(initial: 1, milestones: [2]))", stepsPerEpoch: 10, epochs: 3),
      values("warmup(epochs: 1, then: step(initial: 1, milestones: [2]), delaysNext: false)", stepsPerEpoch: 10),
    ]).map { try $0.values(as: Double.self) }
    #expect(found[0] == Array(repeating: 0.3, count: 30))
    #expect(scaledDistance(found[1], (0..<30).map { $0 < 10 ? 1 : $0 < 25 ? 0.1 : 0.01 }) < 1e-15)
    let halfThenOne: [Double] = (0..<30).map { $0 < 10 ? 0.5 : 1 }
    #expect(found[2] == halfThenOne)
    #expect(scaledDistance(found[3], (0..<30).map { $0 < 10 ? Double($0) / 10 : 1 }) < 1e-15)
    let early = (0..<30).map { (step: Int) -> Double in step < 10 ? Double(step) / 10 : step < 20 ? 1 : 0.1 }
    #expect(scaledDistance(found[4], early) < 1e-15)
  }

  @Test func halfPrecisionCountsBeyondItsIntegers() throws {
    let half = try Registry<any NamedSchedule>.all.build(MethodSpec(parsing: "cosine(initial: 1)"))
    let late = Progress(step: Tensor(49_999, dtype: .int32), stepsPerEpoch: 1, epochs: 100_000)
    #expect(abs(try half.value(at: late, dtype: .bfloat16).scalar() - 0.5) < 1e-3)
  }

  @Test(arguments: ["warmupStableDecay(warmup: 0.6, decay: 0.5)", "knee(warmup: 0.5, explore: 0.6)"])
  func partsAreNoMoreThanTheWhole(_ choice: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Registry<any NamedSchedule>.all.build(MethodSpec(parsing: choice))
    }
    #expect(error?.description.contains("more than all of it") == true)
  }

  @Test func batchScalingNeedsABatchSize() {
    let unknown = Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1)
    #expect(throws: Diagnostic.self) {
      try BatchScaledSchedule(0.1).value(at: unknown, dtype: .float32).evaluate()
    }
  }
}
