import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

/// Which losses and metrics go with which outputs and targets.
@Suite(.tags(.engine)) struct CompatibilityTests {
  static let indices = TargetDescription(dtype: .int32, shape: [], range: 0...9)
  static let bits = TargetDescription(dtype: .float32, shape: [1], range: 0...1)
  static let numbers = TargetDescription(dtype: .float32, shape: [1], range: -3.5...7)
  static let distributions = TargetDescription(dtype: .float32, shape: [10], range: 0...1)
  static let vectors = TargetDescription(dtype: .float64, shape: [3], range: -2...2)
  static let flags = TargetDescription(dtype: .int64, shape: [], range: 0...1)
  static let steps = TargetDescription(dtype: .int32, shape: [20], range: 0...4)

  /// A loss, an example's outputs, targets, and what the error suggests; nil for what fits.
  static let losses: [(loss: String, outputs: Shape, targets: TargetDescription, remedy: String?)] = [
    ("softmaxCrossEntropy", [10], indices, nil), ("softmaxCrossEntropy(labelSmoothing: 0.1)", [10], distributions, nil),
    ("softmaxCrossEntropy", [2], flags, nil), ("softmaxCrossEntropy", [20, 5], steps, nil),
    ("flooded(loss: softmaxCrossEntropy, at: 0.1)", [10], indices, nil),
    ("softmaxCrossEntropy", [1], numbers, "meanSquaredError"), ("softmaxCrossEntropy", [1], bits, "binaryCrossEntropy"),
    ("flooded(loss: softmaxCrossEntropy)", [1], numbers, "meanSquaredError"),
    ("summed(loss: probabilityCrossEntropy)", [1], bits, "binaryCrossEntropy"),
    ("softmaxCrossEntropy", [3], vectors, "meanSquaredError"), ("softmaxCrossEntropy", [4], vectors, "class indices"),
    ("binaryCrossEntropy", [1], bits, nil), ("binaryCrossEntropy", [1], flags, nil),
    ("binaryCrossEntropy(of: probabilities)", [10], distributions, nil),
    ("binaryCrossEntropy", [1], numbers, "meanSquaredError"),
    ("binaryCrossEntropy", [10], indices, "softmaxCrossEntropy"),
    ("meanSquaredError", [1], numbers, nil), ("meanSquaredError", [3], vectors, nil), ("huber", [1], flags, nil),
    ("meanSquaredError", [10], distributions, nil), ("meanAbsoluteError", [10], indices, "softmaxCrossEntropy"),
    ("meanSquaredError", [2], vectors, "an output for each target"), ("klDivergence", [10], distributions, nil),
    ("klDivergence", [3], vectors, "meanSquaredError"), ("focal", [10], indices, nil),
    ("focal", [1], bits, "binaryCrossEntropy"), ("binaryFocal", [1], flags, nil),
    ("binaryFocal", [10], indices, "softmaxCrossEntropy"), ("hinge", [1], bits, nil),
    ("hinge", [1], numbers, "meanSquaredError"), ("categoricalHinge", [10], indices, nil),
    ("categoricalHinge", [3], vectors, "meanSquaredError"),
  ]

  @Test(arguments: losses.indices)
  func lossesFitOrSayWhatWould(_ index: Int) throws {
    let row = Self.losses[index]
    let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: row.loss))
    let found = loss.incompatibility(outputs: row.outputs, targets: row.targets)
    guard let remedy = row.remedy else {
      #expect(found == nil, "\(row.loss): \(found?.description ?? "")")
      return
    }
    let text = try #require(found, "\(row.loss)").description
    #expect(text.contains(remedy) && text.contains(type(of: loss).name), "\(text)")
  }

  static let metrics:
    [(metric: String, kind: OutputKind?, outputs: Shape, targets: TargetDescription, remedy: String?)] = [
      ("accuracy", .classLogits, [10], indices, nil), ("accuracy", .classLogits, [10], distributions, nil),
      ("accuracy", .values, [10], distributions, nil), ("accuracy", nil, [20, 5], steps, nil),
      ("accuracy", .eventLogits, [10], distributions, nil),
      ("accuracy", .values, [1], numbers, "r2"), ("accuracy", .eventLogits, [1], bits, "binaryAccuracy"),
      ("accuracy", nil, [1], bits, "binaryAccuracy"), ("accuracy", .values, [3], vectors, "r2"),
      ("topKAccuracy(k: 3)", .classLogits, [10], indices, nil),
      ("topKAccuracy(k: 1)", .eventLogits, [1], bits, "binaryAccuracy"),
      ("topKAccuracy(k: 10)", .classLogits, [10], indices, "smaller k"),
      ("binaryAccuracy", .eventLogits, [1], flags, nil),
      ("binaryAccuracy", .eventProbabilities, [10], distributions, nil),
      ("binaryAccuracy(of: logits)", nil, [1], bits, nil), ("binaryAccuracy(threshold: 0.5)", .values, [1], bits, nil),
      ("binaryAccuracy", .values, [1], bits, "threshold"), ("binaryAccuracy", nil, [1], bits, "threshold"),
      ("binaryAccuracy(of: probabilities)", .eventLogits, [1], bits, "agree"),
      ("binaryAccuracy", .classLogits, [10], indices, "accuracy fits"),
      ("binaryAccuracy", .eventLogits, [1], numbers, "0 or 1"),
      ("f1", .classLogits, [10], indices, nil), ("f1(average: micro)", .eventLogits, [1], flags, nil),
      ("precision", .eventProbabilities, [10], distributions, nil), ("recall", .values, [1], numbers, "r2"),
      ("precision", .eventLogits, [1], numbers, "0 or 1"), ("f1", .classLogits, [3], vectors, "r2 fit numbers"),
      ("rocAUC", .classProbabilities, [10], indices, nil), ("rocAUC", .eventLogits, [1], bits, nil),
      ("rocAUC", .values, [1], numbers, "r2"), ("averagePrecision", .values, [3], vectors, "r2"),
      ("calibrationError", .classLogits, [20, 5], steps, nil),
      ("calibrationError", nil, [10], indices, "probabilities"),
      ("calibrationError", .values, [1], numbers, "r2"),
      ("r2", .values, [1], numbers, nil), ("meanAbsoluteError", .values, [3], vectors, nil),
      ("r2", .values, [1], flags, nil),
      ("meanSquaredError", .classProbabilities, [10], distributions, nil),
      ("meanAbsoluteError", nil, [3], vectors, nil),
      ("r2", .classLogits, [10], indices, "accuracy"), ("meanSquaredError", .eventLogits, [1], bits, "binaryAccuracy"),
      ("meanAbsoluteError", .values, [10], indices, "accuracy"),
    ]

  @Test(arguments: metrics.indices)
  func metricsFitOrSayWhatWould(_ index: Int) throws {
    let row = Self.metrics[index]
    let metric = try Registry<any Metric>.all.build(MethodSpec(parsing: row.metric))
    let found = metric.incompatibility(row.kind, outputs: row.outputs, targets: row.targets)
    guard let remedy = row.remedy else {
      #expect(found == nil, "\(row.metric): \(found?.description ?? "")")
      return
    }
    let text = try #require(found, "\(row.metric)").description
    #expect(text.contains(remedy) && text.contains(type(of: metric).name), "\(text)")
  }

  @Test(arguments: [
    ("softmaxCrossEntropy", ["accuracy"]), ("probabilityCrossEntropy", ["accuracy"]), ("klDivergence", ["accuracy"]),
    ("binaryCrossEntropy", ["binaryAccuracy"]), ("binaryCrossEntropy(of: probabilities)", ["binaryAccuracy"]),
    ("meanSquaredError", ["meanAbsoluteError", "r2"]), ("meanAbsoluteError", ["meanAbsoluteError", "r2"]),
    ("huber", ["meanAbsoluteError", "r2"]), ("flooded(loss: huber)", ["meanAbsoluteError", "r2"]),
    ("summed(loss: binaryCrossEntropy)", ["binaryAccuracy"]),
  ])
  func everyLossHasMetrics(_ text: String, _ expected: [String]) throws {
    let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: text))
    #expect(loss.defaultMetrics.map { type(of: $0).name } == expected)
  }

  @Test func everyRegisteredLossSaysWhatItReads() throws {
    for name in Registry<any Loss>.all.names {
      #expect(try Registry<any Loss>.all.build(MethodSpec(name)).outputKind != nil, "\(name)")
    }
  }

  @Test func thresholdsAreThoseOfTheOutputs() throws {
    let outputs = Tensor([-2.0, -0.1, 0.2, 0.4, 0.6, 3], shape: [6, 1])
    let targets = Tensor([0.0, 0, 1, 1, 1, 1], shape: [6, 1])
    func share(_ metric: BinaryAccuracy, _ kind: OutputKind?) throws -> Double {
      try metric.reading(kind).perExample(outputs, targets).mean().scalar()
    }
    // Above 0 all are right; above 0.5 two logits of positive examples are missed.
    #expect(try share(BinaryAccuracy(), .eventLogits) == 1)
    #expect(abs(try share(BinaryAccuracy(), .eventProbabilities) - 4.0 / 6) < 1e-15)
    #expect(abs(try share(BinaryAccuracy(threshold: 0.5), .eventLogits) - 4.0 / 6) < 1e-15)
    #expect(throws: Diagnostic.self) { try share(BinaryAccuracy(), .values) }
    let automatic = try Registry<any Metric>.all.build(
      MethodSpec(parsing: "binaryAccuracy(of: loss, threshold: automatic)"))
    #expect((automatic as? BinaryAccuracy)?.threshold == nil)
  }

  @Test func columnsHaveADirection() {
    for name in ["accuracy", "val_accuracy", "val_topKAccuracy_2", "r2", "val_r2", "ownAccuracy"] {
      #expect(RecordedMetric.isGreaterBetter(name), "\(name)")
    }
    for name in ["loss", "val_loss", "meanAbsoluteError", "val_meanSquaredError_2", "nrmse"] {
      #expect(!RecordedMetric.isGreaterBetter(name), "\(name)")
    }
  }
}

/// The numbers in scikit-learn's documentation of `r2_score`.
@Suite(.tags(.engine)) struct R2Tests {
  private func score(_ outputs: Tensor, _ targets: Tensor, weights: Tensor? = nil) throws -> Double {
    R2().value(ofSums: try R2().sums(outputs, targets, weights: weights).doubles())
  }

  @Test func agreesWithScikitLearn() throws {
    let one = try score(Tensor([2.5, 0, 2, 8], shape: [4, 1]), Tensor([3, -0.5, 2, 7], shape: [4]))
    #expect(abs(one - 0.9486081370449679) < 1e-15)
    let outputs = Tensor([0, 2, -1, 2, 8, -5.0], shape: [3, 2])
    let targets = Tensor([0.5, 1, -1, 1, 7, -6], shape: [3, 2])
    #expect(abs(try score(outputs, targets) - 0.9368005266622779) < 1e-15)
    // Positions of a sequence are further examples of the last axis' outputs.
    let sequence = try score(outputs.reshape(to: [1, 3, 2]), targets.reshape(to: [1, 3, 2]))
    #expect(abs(sequence - 0.9368005266622779) < 1e-15)
    let reversed = try score(Tensor([3.0, 2, 1], shape: [3, 1]), Tensor([1.0, 2, 3], shape: [3, 1]))
    #expect(reversed == -3)
  }

  @Test func targetsThatAreAllTheSameHaveNoVariance() throws {
    let same = Tensor([5.0, 5, 5], shape: [3, 1])
    #expect(try score(same, same) == 1)
    #expect(try score(Tensor([5.0, 5, 6], shape: [3, 1]), same) == 0)
  }

  /// Years about 2000 in single precision, in batches: sums of squares of 4e6 leave a variance of 2.
  @Test func aLargeMeanCostsNoDigits() throws {
    let years = (0..<500).map { 2000 + Float($0 % 5) }
    let guesses = years.map { $0 + 0.5 }
    var sums = [Double](repeating: 0, count: 4)
    for start in stride(from: 0, to: 500, by: 100) {
      let part = start..<start + 100
      let row = R2().sums(
        Tensor(Array(guesses[part]), shape: [100, 1]), Tensor(Array(years[part]), shape: [100, 1]), weights: nil)
      for (index, value) in try row.doubles().enumerated() { sums[index] += value }
    }
    #expect(abs(R2().value(ofSums: sums) - (1 - 0.25 / 2)) < 1e-12)
  }

  @Test func maskedExamplesDoNotCount() throws {
    let outputs = Tensor([2.5, 0, 2, 8, .nan], shape: [5, 1])
    let masked = try score(outputs, Tensor([3, -0.5, 2, 7, 9], shape: [5, 1]), weights: Tensor([1.0, 1, 1, 1, 0]))
    #expect(abs(masked - 0.9486081370449679) < 1e-15)
  }
}
