import Configuration
import Optimizers
import TestSupport
import Testing

/// Averages of a parameter that grows by one in each step, from 0.
@Suite(.tags(.engine)) struct AveragingTests {
  /// The parameter and its average after each of `count` steps.
  private func run(
    _ averaging: String, count: Int = 12, stepsPerEpoch: Int = 2, epochs: Int = 6, dtype: DType = .float64
  ) throws -> (fast: [Double], averaged: [Double]) {
    let averaging = try Registry<any Averaging>.all.build(MethodSpec(parsing: averaging))
    let parameters = TensorTree([("w", Tensor(0, dtype: dtype))])
    let state = averaging.initial(parameters)
    let outputs = scan(carry: [Tensor(0, dtype: .int32)] + parameters.tensors + state.tensors, length: count) {
      carry, _ in
      let context = UpdateContext(
        parameters: parameters.with(carry[1...1]),
        progress: Progress(step: carry[0], stepsPerEpoch: stepsPerEpoch, epochs: epochs), key: Key(seed: 0),
        loss: Tensor(0))
      let after = averaging.update(
        parameters.with([carry[1] + 1]), state: state.with(carry[2...]), context: context)
      return (
        [carry[0] + 1] + after.parameters.tensors + after.state.tensors,
        (after.parameters.tensors + averaging.averaged(after.parameters, state: after.state).tensors)
          .map { $0.cast(to: .float64) }
      )
    }.outputs
    let values = try Tensor.evaluate(outputs).map { try $0.values(as: Double.self) }
    return (values[0], values[1])
  }

  @Test func everyAveragingIsTested() {
    let names = ["averages", "ema", "lawa", "lookahead", "none", "scheduleFree", "swa"]
    #expect(Registry<any Averaging>.all.names == names)
  }

  @Test func noneIsTheParameters() throws {
    let (fast, averaged) = try run("none")
    #expect(fast == (1...12).map(Double.init))
    #expect(averaged == fast)
  }

  @Test func lookaheadMovesEveryFewSteps() throws {
    let (fast, slow) = try run("lookahead(alpha: 0.5, every: 3)", count: 7)
    // Steps 3 and 6 move half the way and take the fast parameters back there.
    #expect(fast == [1, 2, 1.5, 2.5, 3.5, 3, 4])
    #expect(slow == [0, 0, 1.5, 1.5, 1.5, 3, 3])
  }

  @Test func exponentialAverageBeginsAtTheFirst() throws {
    #expect(try run("ema(decay: 0.5)", count: 4).averaged == [1, 1.5, 2.25, 3.125])
    // Kept: 0.1 (not used), 2/11, 3/12 as the ramp allows.
    let ramped = try run("ema(ramps: true)", count: 3).averaged
    let second = 1 * 2.0 / 11 + 2 * 9.0 / 11
    #expect(scaledDistance(ramped, [1, second, second * 0.25 + 3 * 0.75]) < 1e-15)
  }

  /// Two steps an epoch, the last three ends: of 2, of 2 and 4, of 2 to 6, of 4 to 8.
  @Test func latestWeightsAreAveraged() throws {
    let averaged = try run("lawa(snapshots: 3)", count: 9).averaged
    #expect(scaledDistance(averaged, [1, 2, 2, 3, 3, 4, 4, 6, 6]) < 1e-15)
    #expect(try run("lawa(snapshots: 2, steps: 1)", count: 4).averaged == [1, 1.5, 2.5, 3.5])
    #expect(try run("lawa(snapshots: 2, steps: 1)", count: 4, dtype: .bfloat16).averaged == [1, 1.5, 2.5, 3.5])
  }

  /// The first is kept; each of the others sees the parameters that training goes on with.
  @Test func severalAveragesAreEachAsAlone() throws {
    #expect(try run("averages(of: [ema(decay: 0.5), swa])").averaged == run("ema(decay: 0.5)").averaged)
    #expect(try run("averages(of: [lawa, ema])").averaged == run("lawa").averaged)
    let both = Averages([ExponentialAverage(decay: 0.5), LatestWeightAverage(of: 2), ExponentialAverage()])
    #expect(both.alternatives.map(\.name) == ["raw", "lawa", "ema2"])
    let parameters = TensorTree([("w", Tensor(3.0))])
    let state = both.initial(parameters)
    let context = UpdateContext(
      parameters: parameters,
      progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 2), key: Key(seed: 0),
      loss: Tensor(0))
    let after = both.update(TensorTree([("w", Tensor(5.0))]), state: state, context: context)
    for alternative in both.alternatives {
      let value = alternative.averaging.averaged(after.parameters, state: after.state)["w"]
      #expect(try value?.scalar() == 5)
    }
    let error = #expect(throws: ConfigurationError.self) {
      try Registry<any Averaging>.all.build(MethodSpec(parsing: "averages(of: [averages(of: [ema])])"))
    }
    #expect(error?.description.contains("of: [ema, swa]") == true)
  }

  @Test func halfPrecisionAveragesDoNotStick() throws {
    // In bfloat16 0.999 is 1, and the average would never move.
    let averaged = try run("ema", count: 100, dtype: .bfloat16).averaged
    #expect(averaged[99] > 4)
  }

  @Test func stochasticWeightAverageTakesEpochEnds() throws {
    // From half of 12 steps on, at the ends of epochs of 2 steps: 8, 10, 12.
    let averaged = try run("swa(start: 0.5)").averaged
    #expect(averaged == [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10])
  }
}
