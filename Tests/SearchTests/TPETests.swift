import Configuration
import Search
import TestSupport
import Testing

/// The sampler that learns from results: what it is a function of, and that it learns.
@Suite(.tags(.unit)) struct TPETests {
  private static func mixed() throws -> SearchSpace {
    try SearchSpace([
      ("rate", LogScale(1e-5, 1)), ("units", IntegerScale(8, 512, isLog: true)), ("momentum", LinearScale(0, 1)),
      ("activation", ChoiceScale([.text("relu"), .text("tanh"), .text("swish")])),
    ])
  }

  /// Best at a rate of 0.01, 64 units, momentum 0.9 and swish.
  private static func loss(_ values: [OptionValue], in space: SearchSpace) throws -> Double {
    let target = try space.point(of: [.number(0.01), .number(64), .number(0.9), .text("swish")])
    return zip(try space.point(of: values), target).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
  }

  private static func search(
    _ sampler: some Sampler, trials: Int, seed: UInt64, in space: SearchSpace
  ) throws -> [TrialResult] {
    try (0..<trials).reduce(into: []) { history, trial in
      let values = try sampler.values(of: trial, in: space, seed: seed, history: history)
      history.append(TrialResult(trial: trial, values: values, loss: try loss(values, in: space)))
    }
  }

  /// A search that was interrupted goes on with the same trials, whatever order results are stored in, and whatever
  /// later results are there.
  @Test(arguments: [1, 4]) func trialsFollowFromTheResultsTheyNeed(batch: Int) throws {
    let space = try Self.mixed()
    let sampler = TPESampler(batch: batch)
    let whole = try Self.search(sampler, trials: 26, seed: 3, in: space)
    for trial in stride(from: 25, through: 0, by: -1) {
      let needed = sampler.trialsNeeded(before: trial)
      #expect(needed <= trial)
      let values = try sampler.values(of: trial, in: space, seed: 3, history: whole.reversed())
      let alone = try sampler.values(of: trial, in: space, seed: 3, history: Array(whole.prefix(needed)))
      #expect(values == whole[trial].values)
      #expect(alone == values)
    }
    let other = try Self.search(sampler, trials: 12, seed: 4, in: space)
    #expect(other.map(\.values) != whole.prefix(12).map(\.values))
  }

  @Test func aBatchNeedsWhatCameBeforeIt() {
    #expect(
      (0..<16).map(TPESampler(startup: 5, batch: 4).trialsNeeded(before:)) == [
        0, 0, 0, 0, 0, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13,
      ])
    #expect(TPESampler().isAdaptive)
    #expect(TPESampler(batch: 3).trialsNeeded(before: .max) > 0)
  }

  @Test func missingResultsAreReported() throws {
    let space = try Self.mixed()
    let history = try Self.search(TPESampler(), trials: 14, seed: 0, in: space).filter { $0.trial != 11 }
    #expect(throws: SearchError.missingResults(sampler: "tpe", trial: 14, missing: 11)) {
      try TPESampler().point(of: 14, in: space, seed: 0, history: history)
    }
    #expect(throws: SearchError.self) {
      let odd = (0..<10).map { TrialResult(trial: $0, values: [.number(1)], loss: 0) }
      return try TPESampler().point(of: 10, in: space, seed: 0, history: odd)
    }
  }

  /// Half the distance of evenly spread trials, for the median of seeds.
  @Test(arguments: [true, false]) func itLearns(isMultivariate: Bool) throws {
    let space = try Self.mixed()
    func best(_ sampler: some Sampler, _ seed: UInt64) throws -> Double {
      try Self.search(sampler, trials: 40, seed: seed, in: space).map(\.loss).min() ?? .nan
    }
    let learned = try (0..<UInt64(9)).map { try best(TPESampler(isMultivariate: isMultivariate), $0) }.sorted()[4]
    let spread = try (0..<UInt64(9)).map { try best(HaltonSampler(), $0) }.sorted()[4]
    #expect(learned < spread / 2, "\(learned) \(spread)")
  }

  /// Diverged and stopped trials rank behind those that ended, and are kept away from.
  @Test func divergedTrialsArePoor() throws {
    let space = try SearchSpace([("rate", LogScale(1e-4, 1))])
    func history(stopped: Int?) -> [TrialResult] {
      (0..<20).map { trial in
        let coordinate = (Double(trial) + 0.5) / 20
        let rate = LogScale(1e-4, 1).value(at: coordinate)
        return TrialResult(
          trial: trial, values: [rate], loss: coordinate > 0.5 ? .nan : 1 - coordinate,
          epochs: coordinate > 0.25 && coordinate < 0.5 ? stopped : nil)
      }
    }
    func drawn(_ history: [TrialResult]) throws -> [Double] {
      try (0..<UInt64(40)).map { try TPESampler().point(of: 20, in: space, seed: $0, history: history)[0] }.sorted()
    }
    // The best that ended come just before the divergence; where those were stopped, from the quarter before.
    let whole = try drawn(history(stopped: nil))
    #expect(whole[20] > 0.35 && whole[20] < 0.55, "\(whole)")
    let early = try drawn(history(stopped: 3))
    #expect(early[20] > 0.1 && early[20] < 0.3, "\(early)")
  }

  /// The same settings give the same result: a trial is repeated only when everything was tried.
  @Test func trialsAreNotRepeated() throws {
    let space = try SearchSpace([("units", IntegerScale(1, 6)), ("activation", ChoiceScale([.text("a"), .text("b")]))])
    let sampler = TPESampler(startup: 2)
    var history: [TrialResult] = []
    for trial in 0..<14 {
      let values = try sampler.values(of: trial, in: space, seed: 1, history: history)
      history.append(TrialResult(trial: trial, values: values, loss: Double(trial)))
    }
    #expect(Set(history.prefix(10).map(\.values)).count >= 9)
  }
}
