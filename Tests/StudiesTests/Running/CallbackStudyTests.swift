import Foundation
import TestSupport
import Testing

@testable import Studies

/// Studies whose arms have callbacks of their own.
@Suite(.tags(.engine)) struct CallbackStudyTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "tanren-callbacks-\(UUID().uuidString)")

  private var plan: StudyPlan {
    get throws {
      try StudyPlan(
        yaml: """
          seeds: 3
          base:
            data: syntheticDigits(train: 200, test: 100)
            model: mlp(hidden: [8])
            batchSize: 20
            epochs: 14
            optimizer: adam(learningRate: 0.05)
          arms:
            all: {}
            stopped:
              callbacks: [earlyStopping(patience: 1), bestWeights]
            lowered:
              callbacks: [reduceOnPlateau(patience: 1, factor: 0.5, minDelta: 0.05)]
          """, source: "plan.yml", name: "callbacks")
    }
  }

  /// Seeds of an arm train together and stop one by one; each has the epochs that it has alone.
  @Test(arguments: [Vectorization.off, .on]) func armsStopByThemselves(_ vectorization: Vectorization) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try StudyStore(folder.path + "/\(vectorization).sqlite")
    var runner = StudyRunner(store)
    runner.vectorization = vectorization
    let results = try runner.run(plan)
    #expect(results.runs.count == 9)
    let lengths = results.runs.filter { $0.arm == "stopped" }.map(\.history.epochs.count)
    #expect(lengths.contains { $0 < 14 } && Set(lengths).count > 1, "\(lengths)")
    for run in results.runs {
      let configuration = try RunConfiguration(canonicalText: run.configuration, source: "")
      let alone = try Run(configuration).train(writingTo: folder.path).history
      #expect(run.error == nil && run.history.epochs.map(\.epoch) == alone.epochs.map(\.epoch), "\(run.arm)")
      for (found, expected) in zip(run.history.epochs, alone.epochs) {
        #expect(abs((found["val_loss"] ?? .nan) - (expected["val_loss"] ?? .nan)) < 1e-4)
      }
    }
    // A second call finds everything done.
    #expect(try store.counts().done == 9)
  }
}
