import TestSupport
import Testing

@testable import Training

/// Several averages of one training, and losses of several passes.
@Suite(.tags(.engine)) struct AveragesTests {
  private func history(_ averaging: any Averaging, metrics: [any Metric] = [Accuracy()]) throws -> History {
    let data = try Problems.classes(120, dtype: .float32)
    let trainer = try Trainer(
      model: Sequential {
        Dense(8); BatchNorm(); Tanh(); Dense(3)
      },
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.3)) {
        $0.averaging = averaging
        $0.metrics = metrics
      }, inputs: data.inputs, seed: 3)
    return try trainer.fit(data, epochs: 4, batchSize: 20, validation: data)
  }

  /// Each is evaluated as in a training of its own.
  @Test func eachIsEvaluatedBesideTheOthers() throws {
    let (ema, lawa) = (ExponentialAverage(decay: 0.9), LatestWeightAverage(of: 2))
    let all = try history(Averages([ema, lawa]))
    #expect(
      all.epochs[0].metrics.keys.elements == [
        "loss", "accuracy", "val_loss", "val_accuracy", "val_raw_loss", "val_raw_accuracy", "val_lawa_loss",
        "val_lawa_accuracy",
      ])
    for (prefix, averaging) in [("val_", ema), ("val_raw_", NoAveraging()), ("val_lawa_", lawa)]
      as [(String, any Averaging)]
    {
      let alone = try history(averaging)
      for (one, other) in zip(all.epochs, alone.epochs) {
        for name in ["loss", "accuracy"] {
          let (found, expected) = (one[prefix + name] ?? .nan, other["val_" + name] ?? -1)
          #expect((found - expected).magnitude < 1e-6, "\(prefix)\(name) of epoch \(one.epoch)")
        }
      }
    }
    #expect(all.epochs[3]["val_raw_loss"] != all.epochs[3]["val_loss"])
    #expect(RecordedMetric.isGreaterBetter("val_raw_accuracy") && !RecordedMetric.isGreaterBetter("val_raw_loss"))
    #expect(RecordedMetric.isGreaterBetter("val_lawa_r2") && RecordedMetric.isGreaterBetter("val_ema2_topKAccuracy_2"))
  }

  private func trained(_ loss: any Loss, dropout: Double, rule: any GradientRule = PlainGradient()) throws -> [Double] {
    let data = try Problems.classes(120, dtype: .float32)
    let trainer = try Trainer(
      model: Sequential {
        Dense(16); ReLU(); Dropout(dropout); Dense(3)
      },
      method: Method(loss: loss, optimizer: SGD(learningRate: 0.3)) { $0.gradientRule = rule },
      inputs: data.inputs, seed: 3)
    return try trainer.fit(data, epochs: 6, batchSize: 20).epochs.map { $0["loss"] ?? .nan }
  }

  /// Without dropout both passes of R-Drop are one; with it they have different masks.
  @Test(arguments: [PlainGradient(), SAM()] as [any GradientRule])
  func passesDifferByTheirDropout(_ rule: any GradientRule) throws {
    let plain = try trained(SoftmaxCrossEntropy(), dropout: 0, rule: rule)
    let same = try trained(RDrop(SoftmaxCrossEntropy(), alpha: 3), dropout: 0, rule: rule)
    #expect(zip(plain, same).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    let weak = try trained(RDrop(SoftmaxCrossEntropy(), alpha: 0), dropout: 0.5, rule: rule)
    let strong = try trained(RDrop(SoftmaxCrossEntropy(), alpha: 3), dropout: 0.5, rule: rule)
    #expect(strong[0] > weak[0] + 0.02)
    #expect(strong[5] < strong[0])
  }
}
