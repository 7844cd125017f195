import Statistics
import TestSupport
import Testing

@testable import Reports

@Suite(.tags(.unit)) struct StudyReportTests {
  /// Small numbers have significant digits, also beside large ones, and accuracies two decimals.
  @Test func smallNumbersAreShown() throws {
    func means(_ metric: String, _ arms: [[Double]]) throws -> [String] {
      let facts = StudyFacts(
        name: "small", arms: arms.indices.map { ArmFacts("a\($0)") }, metric: PrimaryMetric(metric),
        seeds: Array(arms[0].indices))
      let report = try StudyReport(facts, zip(arms.indices, arms).map { ArmResult("a\($0)", metric, $1.map { [$0] }) })
      let rows = ReportTables(report, isCompact: true).results.csv().split(whereSeparator: \.isNewline).dropFirst()
      return rows.map { String($0.split(separator: ",")[2]) }
    }
    let tiny = [3.1e-6, 2.2e-6, 4.4e-6, 2.7e-6]
    #expect(
      try means("val_loss", [tiny, tiny.map { $0 * 10 }]).allSatisfy {
        !$0.contains("0.00000 ") && !$0.hasSuffix("± 0.00000")
      })
    #expect(try means("val_loss", [[0.52, 0.48, 0.55, 0.51], tiny])[1] == "3.1e-06 ± 1.5e-06")
    #expect(try means("val_loss", [[1.25e-6]])[0] == "1.25e-06")
    #expect(try means("val_loss", [tiny])[0] == "3.1e-06 ± 1.5e-06")
    #expect(try means("val_accuracy", [[0.9701, 0.9712, 0.9722], [0.9698, 0.9705, 0.9711]])[0] == "97.12 ± 0.26%")
  }

  /// The values that a sequential test hasn't rejected may have gaps, and 0 may lie in one of them: accuracies of a
  /// study on 200 test examples.
  @Test func anIntervalWithAGapIsExplained() throws {
    let values = [
      "sgd": [0.505, 0.46, 0.525, 0.355, 0.47, 0.555, 0.45, 0.575, 0.5, 0.535],
      "momentum": [0.535, 0.565, 0.615, 0.335, 0.53, 0.545, 0.495, 0.64, 0.52, 0.565],
      "clear": [0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.79],
    ]
    func report(_ candidate: String) throws -> StudyReport {
      let facts = StudyFacts(
        name: "gap", arms: [ArmFacts("sgd"), ArmFacts(candidate, baseline: "sgd")],
        metric: PrimaryMetric("val_accuracy"), seeds: Array(0..<20),
        sequential: try SequentialDesign(maximum: 20, first: 8))
      return try StudyReport(
        facts, ["sgd", candidate].map { ArmResult($0, "val_accuracy", (values[$0] ?? []).map { [$0] }) })
    }
    let gap = try report("momentum")
    #expect(gap.comparisons[0].verdict.finding == .better)
    #expect(gap.comparisons[0].comparison.interval?.contains(0) == true)
    #expect(try gap.text(.html).contains("significance level, even 0."))
    let clear = try report("clear")
    #expect(clear.comparisons[0].verdict.finding == .better)
    #expect(try !clear.text(.html).contains("even 0."))
  }

  private func isNear(_ one: Double?, _ other: Double) -> Bool {
    one.map { ($0 - other).magnitude <= 1e-12 * max(1, other.magnitude) } ?? false
  }

  @Test func armsAreWhatSciPyMakesOfThem() throws {
    let fixture = try ReportFixture.load()
    let report = try fixture.report()
    for name in ReportFixture.names {
      let expected = try #require(fixture.expected.arms[name])
      let arm = try #require(report.arm(name))
      #expect(isNear(arm.last?.mean, expected.mean))
      #expect(isNear(arm.last?.interval?.lower, expected.interval[0]))
      #expect(isNear(arm.last?.interval?.upper, expected.interval[1]))
      #expect(isNear(arm.last?.median, expected.median))
      #expect(isNear(arm.last?.lowerQuartile, expected.quartiles[0]))
      #expect(isNear(arm.last?.upperQuartile, expected.quartiles[1]))
      #expect(isNear(arm.best?.mean, expected.best))
      #expect(arm.targets.first??.median == expected.target)
      #expect(arm.cost?.seconds?.median == 6)
      #expect(arm.cost?.gradientEvaluations?.median == 600)
    }
  }

  @Test func comparisonsAreWhatSciPyMakesOfThem() throws {
    let fixture = try ReportFixture.load()
    let report = try fixture.report()
    #expect(report.comparisons.map(\.candidate) == ["better", "alike"])
    for entry in report.comparisons {
      let expected = try #require(fixture.expected.comparisons[entry.candidate])
      #expect(isNear(entry.comparison.meanDifference, expected.difference))
      #expect(isNear(entry.comparison.interval?.lower, expected.interval[0]))
      #expect(isNear(entry.comparison.test?.p, expected.p))
      #expect(isNear(entry.adjustedP, expected.holm))
      #expect(isNear(entry.comparison.probabilityOfImprovement.value, expected.probability))
      #expect(entry.comparison.bootstrap != nil)
    }
    #expect(report.comparisons.map(\.verdict.finding) == [.better, .notDistinguishable])
    #expect(report.headline == "better is better than base. alike is not distinguishable from base.")
  }

  @Test func curvesHaveTheMeanOfTheSeeds() throws {
    let fixture = try ReportFixture.load()
    let curve = try #require(try fixture.report().arm("base")?.curve("val_accuracy"))
    let third = try fixture.seeds.map { try #require(fixture.arms["base"]?["\($0)"])[2] }
    #expect(curve.epochs == Array(1...6))
    #expect(isNear(curve.mean[2], third.reduce(0, +) / 8))
    #expect(curve.lower[2] < curve.mean[2] && curve.mean[2] < curve.upper[2])
    #expect(curve.runs == Array(repeating: 8, count: 6))
  }

  @Test func aFiniteAccuracyDoesNotHideALostLoss() throws {
    let facts = StudyFacts(name: "lost", arms: [ArmFacts("a"), ArmFacts("b", baseline: "a")], seeds: [0, 1, 2])
    let report = try StudyReport(
      facts,
      [
        ArmResult("a", "val_accuracy", [[0.8, 0.9], [0.8, 0.91], [0.8, 0.92]]),
        ArmResult("b", "val_accuracy", [[0.8, 0.1]], losses: [0.3, .nan]),
      ])
    #expect(report.arms[1].diverged == 1)
    #expect(report.arms[1].last == nil)
    #expect(report.comparisons.first?.verdict.finding == .diverged)
    #expect(report.missingRuns == 2)
  }

  @Test func lowerIsBetterForLosses() throws {
    let facts = StudyFacts(
      name: "losses", arms: [ArmFacts("a"), ArmFacts("b", baseline: "a")],
      metric: PrimaryMetric("val_loss", reading: .best), targets: [0.35])
    let (high, low) = ([0.5, 0.4, 0.45], [0.4, 0.3, 0.35])
    func runs(_ curve: [Double]) -> [[Double]] { (0..<8).map { seed in curve.map { $0 + 0.001 * Double(seed % 3) } } }
    let report = try StudyReport(
      facts, [ArmResult("a", "val_loss", runs(high)), ArmResult("b", "val_loss", runs(low))])
    #expect(report.comparisons[0].verdict.finding == .better)
    #expect(report.arms[1].runs[0].bestEpoch == 2)
    #expect(report.arms[0].targets[0]?.never == 8)
    #expect(report.arms[1].targets[0]?.median == 2)
    #expect(isNear(report.comparisons[0].comparison.meanDifference, -0.1))
  }

  @Test func eachArmHasItsOwnBaseline() throws {
    let facts = StudyFacts(
      name: "grid",
      arms: [ArmFacts("a 1"), ArmFacts("b 1", baseline: "a 1"), ArmFacts("a 2"), ArmFacts("b 2", baseline: "a 2")])
    let report = try StudyReport(
      facts, ["a 1", "b 1", "a 2", "b 2"].map { ArmResult($0, "val_accuracy", [[0.9], [0.91], [0.92]]) })
    #expect(report.comparisons.map(\.baseline) == ["a 1", "a 2"])
    #expect(report.baselines == ["a 1", "a 2"])
    #expect(report.headline == "Of 2 comparisons, each with its own baseline: 2 identical.")
  }

  /// Rounded accuracies may agree by chance.
  @Test func oneEqualMetricIsNotTheSameResult() throws {
    let facts = StudyFacts(name: "same", arms: [ArmFacts("sgd"), ArmFacts("adam", baseline: "sgd")])
    let curve = [[0.8, 0.9], [0.8, 0.91], [0.8, 0.92]]
    func headline(_ losses: [Double], _ values: [[Double]] = curve) throws -> String {
      try StudyReport(
        facts,
        [
          ArmResult("sgd", "val_accuracy", curve, losses: [0.5, 0.25]),
          ArmResult("adam", "val_accuracy", values, losses: losses),
        ]
      ).headline
    }
    #expect(try headline([0.5, 0.25]) == "adam gave exactly the same results as sgd.")
    #expect(
      try headline([0.4, 0.25])
        == "adam had the same test accuracy as sgd with every seed, but differ in other metrics.")
    // An earlier epoch differs, the last one doesn't.
    #expect(
      try headline([0.5, 0.25], [[0.7, 0.9], [0.8, 0.91], [0.8, 0.92]]).hasSuffix("but differ in other metrics."))
    let two = StudyFacts(
      name: "grid",
      arms: [ArmFacts("a 1"), ArmFacts("b 1", baseline: "a 1"), ArmFacts("a 2"), ArmFacts("b 2", baseline: "a 2")])
    let counts = try StudyReport(
      two,
      [("a 1", 0.5), ("b 1", 0.5), ("a 2", 0.5), ("b 2", 0.4)].map {
        ArmResult($0.0, "val_accuracy", [[0.9], [0.91], [0.92]], losses: [$0.1])
      })
    #expect(
      counts.headline
        == "Of 2 comparisons, each with its own baseline: 1 identical, 1 identical in test accuracy alone.")
  }

  @Test func whatCantBeReportedSaysWhy() throws {
    let facts = StudyFacts(name: "none", arms: [ArmFacts("a")])
    #expect(throws: ReportError.noRuns(study: "none")) { try StudyReport(facts, []) }
    #expect(throws: ReportError.unknownArm("b", arms: ["a"])) {
      try StudyReport(facts, [ArmResult("b", "val_accuracy", [[0.5]])])
    }
    #expect(throws: ReportError.metricNotRecorded("val_accuracy", recorded: ["val_loss", "loss"])) {
      try StudyReport(facts, [ArmResult("a", "val_loss", [[0.5]])])
    }
    #expect(throws: ReportError.duplicateArm("a")) {
      try StudyReport(StudyFacts(name: "twice", arms: [ArmFacts("a"), ArmFacts("a")]), [])
    }
    let run = History.of("val_accuracy", [0.5])
    #expect(throws: ReportError.duplicateSeed(4, arm: "a")) {
      try StudyReport(facts, [ArmResult(Arm("a", [String: String]()), runs: [(4, run), (4, run)])])
    }
    #expect(throws: StatisticsError.unknownBaseline("z", arms: ["a"])) {
      try StudyReport(
        StudyFacts(name: "lost", arms: [ArmFacts("a", baseline: "z")]), [ArmResult("a", "val_accuracy", [[0.5]])])
    }
    #expect(ReportError.noRuns(study: "none").description.contains("none"))
  }
}
