import Foundation
import Plans
import TestSupport
import Testing

@Suite(.tags(.unit)) struct LearningRateSweepTests {
  private static let rates = (0..<70).map { pow(10, -6 + Double($0) / 10) }

  /// A loss that falls along a logistic curve around 1e-3, and rises beyond 0.1.
  private static func loss(_ rate: Double) -> Double {
    let fallen = 1 / (1 + exp(-3 * log10(rate / 1e-3)))
    return 2.3 - 1.5 * fallen + 30 * max(0, rate - 0.1)
  }

  @Test func theSteepestRateIsFound() throws {
    let sweep = LearningRateSweep(Self.rates.map { ($0, Self.loss($0)) }, fading: 0)
    #expect(abs(log10(try #require(sweep.steepest) / 1e-3)) < 0.11)
    #expect(abs(log10(try #require(sweep.lowest).rate / 0.1)) < 0.21)
    // Smoothing doesn't delay what is seen, even of a loss with noise.
    let noise = { (index: Int) in Double((index &* 2_654_435_761) % 1000) / 5000 - 0.1 }
    let noisy = LearningRateSweep(Self.rates.enumerated().map { ($1, Self.loss($1) + noise($0)) })
    #expect((3e-4...3e-3).contains(try #require(noisy.steepest)))
    #expect(sweep.hasDiverged && noisy.hasDiverged)
    #expect(sweep.points.count < Self.rates.count)
  }

  @Test func bothSidesCountAlike() {
    let sweep = LearningRateSweep([(0.1, 2), (0.2, 1), (0.3, 4)], fading: 0.5)
    for (found, expected) in zip(sweep.smoothed, [3.5 / 1.75, 4.0 / 2, 5.0 / 1.75]) {
      #expect(abs(found - expected) < 1e-15)
    }
  }

  @Test func whatIsNotANumberEndsTheSweep() {
    for broken in [Double.nan, .infinity] {
      let sweep = LearningRateSweep([(1, 3), (2, 2), (3, broken), (4, 1)], fading: 0)
      #expect(sweep.hasDiverged && sweep.points.map(\.loss) == [3, 2])
    }
    // At once: there is nothing to say.
    let none = LearningRateSweep([(1, .nan)])
    #expect(none.hasDiverged && none.points.isEmpty && none.steepest == nil && none.lowest == nil)
  }

  @Test func aLossThatNeverFallsSuggestsNothing() {
    #expect(LearningRateSweep(Self.rates.map { ($0, 1.0) }).steepest == nil)
    #expect(LearningRateSweep(Self.rates.map { ($0, 1 + $0) }).steepest == nil)
    // Losses below 0 have no multiple that would be divergence.
    #expect(!LearningRateSweep(Self.rates.map { ($0, -1 - $0) }).hasDiverged)
  }
}

@Suite(.tags(.engine)) struct LearningRateFinderTests {
  private static let digits = Result { try SyntheticDigits.generate(trainCount: 300, testCount: 20) }

  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(
      from: YAMLReader.options(text: "batchSize: 10\nmodel: mlp(hidden: [16])\n" + text, source: "c.yml"))
  }

  @Test(arguments: [
    ("optimizer: sgd", "sgd"), ("optimizer: adam(0.5)", "adam"),
    ("optimizer: preceded(by: clipByNorm(limit: 1), optimizer: adam(beta1: 0.8))", "preceded"),
    ("optimizer: onPlateau", "onPlateau"),
  ])
  func optimizersGetTheGrowingRate(_ text: String, _ name: String) throws {
    let swept = try LearningRateFinder(range: 1e-4...1).configuration(for: configuration(text))
    let rate = try #require(swept.method().optimizer.transform.learningRate)
    func value(_ step: Int) throws -> Double {
      let progress = Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 40, epochs: 1)
      return try rate.value(at: progress, dtype: .float64).scalar()
    }
    #expect(try abs(value(0) - 1e-4) < 1e-12 && abs(value(20) - 1e-2) < 1e-9 && abs(value(40) - 1) < 1e-9)
    #expect(swept.optimizer.name == name && swept.epochs == 1 && swept.callbacks.isEmpty)
  }

  /// Of a network of digits, the rate that it suggests trains better than one that is far from it.
  @Test func suggestsARateThatTrains() throws {
    let base = try configuration("optimizer: momentum\nepochs: 3")
    let finder = try LearningRateFinder(range: 1e-5...10, epochs: 2)
    let run = try Run(finder.configuration(for: base), data: Self.digits.get())
    let sweep = try finder.sweep(run)
    #expect(sweep.points.count > 20)
    #expect(zip(sweep.points, sweep.points.dropFirst()).allSatisfy { $0.rate < $1.rate })
    let suggested = try #require(sweep.steepest)
    #expect((1e-4...1).contains(suggested))
    func loss(_ rate: Double) throws -> Double {
      let run = try base.overridden(by: ["optimizer.learningRate=\(rate)"])
      return try Run(run, data: Self.digits.get()).train().history.epochs.last?["loss"] ?? .infinity
    }
    #expect(try loss(suggested) < loss(suggested / 100))
    // The same sweep twice is the same.
    #expect(try finder.sweep(run).points == sweep.points)
  }

  @Test func divergenceEndsTheSweepEarly() throws {
    let finder = try LearningRateFinder(range: 1e-3...1e6)
    let run = try Run(finder.configuration(for: configuration("optimizer: sgd")), data: Self.digits.get())
    let sweep = try finder.sweep(run)
    #expect(sweep.hasDiverged && sweep.points.count < 30)
    #expect(sweep.points.allSatisfy { $0.loss.isFinite })
  }

  @Test func mistakesAreErrors() throws {
    #expect(throws: ConfigurationError.self) { try LearningRateFinder(range: 0...1) }
    #expect(throws: ConfigurationError.self) { try LearningRateFinder(epochs: 0) }
    let experiment = try configuration("").overridden(by: [])
    var reservoir = experiment
    reservoir.experiment = MethodSpec("reservoirPrediction")
    let finder = try LearningRateFinder()
    #expect(throws: ConfigurationError.self) { try finder.configuration(for: reservoir) }
  }
}
