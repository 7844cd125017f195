import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import Reports

@Suite(.tags(.unit)) struct RunPageTests {
  /// Logits of four records of three classes: right, wrong, wrong by far, and not numbers.
  private static let logits: [Float] = [2, 0, 0, 0, 1, 2, 9, 0, 0, .nan, 0, 0]

  private func records(_ labels: [Int32] = [0, 1, 2, 1]) throws -> ClassifiedRecords {
    try #require(
      ClassifiedRecords(
        outputs: HostArray(Self.logits, shape: [4, 3]), labels: labels, classCount: 3,
        classNames: ["cat", "<dog>", "owl"], kind: .classLogits))
  }

  @Test func confusionCountsTheClassesOfTheRecords() throws {
    let records = try records()
    #expect(records.predicted == [0, 2, 0, nil])
    #expect(records.confusion == [[1, 0, 0], [0, 0, 1], [1, 0, 0]])
    #expect(records.counts == (1, 2, 1))
    #expect(records.scores(of: 0) == .init(support: 1, precision: 0.5, recall: 1, f1: 2.0 / 3))
    #expect(records.scores(of: 1) == .init(support: 2, precision: nil, recall: 0, f1: 0))
  }

  @Test func worstMistakesHaveTheLeastProbabilityOfTheirClass() throws {
    let worst = try records().worstMistakes(5)
    #expect(worst.map(\.record) == [2, 1] && worst.map(\.predicted) == [0, 2])
    #expect(abs(worst[0].probabilityOfLabel - 1 / (exp(9.0) + 2)) < 1e-12)
    #expect(abs(worst[1].probabilityOfPredicted - exp(2.0) / (1 + exp(1.0) + exp(2.0))) < 1e-12)
    #expect(try records().worstMistakes(1).map(\.record) == [2])
  }

  @Test func oneOutputIsAnEventsProbability() throws {
    let records = try #require(
      ClassifiedRecords(
        outputs: HostArray([-1, 1] as [Float], shape: [2, 1]), labels: [1, 1], classCount: 2, kind: .eventLogits))
    #expect(records.predicted == [0, 1] && records.classNames == ["0", "1"])
    #expect(abs(records.worstMistakes(1)[0].probabilityOfLabel - 1 / (1 + exp(1.0))) < 1e-12)
  }

  @Test func whatDoesNotFitIsNoResult() throws {
    let outputs = try HostArray(Self.logits, shape: [4, 3])
    for (labels, classes, kind) in [
      ([0, 1, 2], 3, .classLogits), ([0, 1, 2, 3], 3, .classLogits), ([0, 1, 2, 1], 4, .classLogits),
      ([0, 1, 2, 1], 3, .values),
    ] as [([Int32], Int, OutputKind)] {
      #expect(ClassifiedRecords(outputs: outputs, labels: labels, classCount: classes, kind: kind) == nil)
    }
    #expect(EstimatedRecords(outputs: outputs, targets: outputs) == nil)
  }

  @Test func missedMostComesFirst() throws {
    let records = try #require(
      EstimatedRecords(
        outputs: HostArray([1, 5, .nan] as [Float], shape: [3, 1]),
        targets: HostArray([1, 2, 3] as [Float], shape: [3, 1])))
    #expect(records.worst(2) == [2, 1])
  }

  @Test func pageIsWellFormedAndEscapesNames() throws {
    var facts = RunFacts(
      title: "mlp on pets", data: "pictures from pets", history: history(), configuration: "data: pets\n")
    facts.predictions = .classes(try records())
    for record in [1, 2] {
      facts.inputs[record] = try HostArray(
        dtype: .uint8, shape: [2, 2, 3], bytes: (0..<12).map { UInt8(12 * record + $0) })
    }
    let page = RunPage(facts).text
    #expect(page.contains("Test accuracy 75.00% after 2 epochs."))
    #expect(page.contains("&lt;dog&gt;") && !page.contains("<dog>"))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 3)
    #expect(page.contains("The outputs for 1 aren’t numbers"))
    let parser = XMLParser(data: Data(page.replacing("<!DOCTYPE html>\n", with: "").utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
  }

  @Test func pageOfValuesShowsWhatWasMissed() throws {
    var facts = RunFacts(title: "mlp on sugar", data: "a table", history: history(), configuration: "")
    facts.predictions = EstimatedRecords(
      outputs: try HostArray([1, 5, 3] as [Float], shape: [3, 1]), targets: try HostArray([1, 2, 3] as [Float])
    ).map(RunFacts.Predictions.values)
    let page = RunPage(facts).text
    #expect(page.contains("Missed most") && page.contains("record 1") && !page.contains("Confusion"))
    #expect(
      RunPage(RunFacts(title: "t", data: "d", history: History(), configuration: "")).text.contains(
        "No epoch was trained."))
  }

  @Test func metricsOfBothPartsAreNamedByTheirPart() throws {
    let record = EpochRecord(
      epoch: 1, step: 10, metrics: ["loss": 1, "r2": 0.5, "learning_rate": 0.1, "val_loss": 1, "val_r2": 0.25],
      trainingSeconds: 1)
    let page = RunPage(
      RunFacts(title: "t", data: "d", history: History(epochs: [record]), configuration: "")
    ).text
    for name in ["training loss", "training r2", "learning rate", "test loss", "test r2"] {
      #expect(page.contains(">\(name)<"), "\(name)")
    }
  }

  private func history() -> History {
    History(
      epochs: (1...2).map { epoch in
        EpochRecord(
          epoch: epoch, step: epoch * 10,
          metrics: [
            "loss": 1 / Double(epoch), "val_loss": 1.5 / Double(epoch), "val_accuracy": 0.25 + 0.25 * Double(epoch),
          ],
          trainingSeconds: 1)
      })
  }
}
