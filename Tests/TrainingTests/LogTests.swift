import Foundation
import Testing

@testable import Training

@Suite final class LogTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tanren-logs-\(UUID().uuidString)")
    .path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func record(_ epoch: Int, _ metrics: KeyValuePairs<String, Double>) -> EpochRecord {
    EpochRecord(
      epoch: epoch, step: 600 * epoch, metrics: .init(uniqueKeysWithValues: metrics.map { ($0.key, $0.value) }),
      trainingSeconds: 1.5, evaluationSeconds: 0.25)
  }

  private func trainer() throws -> Trainer { try Problems.trainer(Problems.classes(6)) }
  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  @Test func epochLinesHaveAllDigits() {
    let first = record(
      0,
      [
        "loss": 2.3561063616088465, "accuracy": 0.07916666666666666, "val_loss": 2.353008956466937,
        "val_accuracy": 0.0815,
      ])
    #expect(EpochLines.line(first) == "0 0.07916666666666666 2.3561063616088465 0.0815 2.353008956466937")
    #expect(EpochLines.line(record(12, ["loss": .nan, "accuracy": 1, "learning_rate": 0.1])) == "12 1.0 nan")
    #expect(EpochLines.line(record(3, ["loss": 1.2e-05, "val_loss": .infinity])) == "3 1.2e-05 inf")
  }

  @Test(arguments: [
    (0, "0 min 0 s"), (59.99, "0 min 59 s"), (60, "1 min 0 s"), (75.2, "1 min 15 s"), (3723, "62 min 3 s"),
    (.nan, "0 min 0 s"), (.infinity, "0 min 0 s"),
  ])
  func theTimeTaken(_ seconds: Double, _ text: String) {
    #expect(EpochLines.closing(seconds: seconds) == "time: " + text)
    let words = EpochLines.closing("所要時間 = {minutes} 分 {seconds} 秒", seconds: seconds)
    #expect(words == "所要時間 = " + text.replacing("min", with: "分").replacing("s", with: "秒"))
  }

  @Test func epochLinesOfARun() throws {
    var lines: [String] = []
    let data = try Problems.classes(6)
    let history = try trainer().fit(
      data, epochs: 2, batchSize: 2, validation: data, options: FitOptions(evaluatesUntrained: true),
      callbacks: [EpochLines { lines.append($0) }])
    #expect(lines.count == 4)
    for (line, record) in zip(lines, history.epochs) {
      let names = ["accuracy", "loss", "val_accuracy", "val_loss"]
      #expect(line.split(separator: " ").map { Double($0) } == [Double(record.epoch)] + names.map { record[$0] })
    }
    #expect(lines[3] == EpochLines.closing(seconds: history.seconds))
  }

  /// Numbers that aren't finite, of either sign, and as every log spells them.
  static let notFinite: [(value: Double, text: String)] = [
    (.nan, "nan"), (-.nan, "nan"), (.signalingNaN, "nan"), (.infinity, "inf"), (-.infinity, "-inf"),
  ]

  @Test func whatIsNotFiniteIsSpeltAlikeInEveryLogAndReadBack() throws {
    let (json, csv) = (folder + "/log.jsonl", folder + "/log.csv")
    let logs: [any Callback] = [try JSONLinesLog(path: json), try CSVLog(path: csv)]
    let plan = FitPlan(epochs: Self.notFinite.count, stepsPerEpoch: 600, batchSize: 100, metrics: ["loss"])
    let trainer = try trainer()
    for log in logs { try log.trainingBegan(plan) }
    for (index, (value, text)) in Self.notFinite.enumerated() {
      for log in logs { _ = try log.epochEnded(record(index + 1, ["loss": value]), trainer) }
      #expect(try lines(csv)[index + 1].hasSuffix(",\(text)"))
      let line = try lines(json)[index]
      #expect(line.hasSuffix("\"loss\": \"\(text)\"}"), "\(line)")
      let read = try JSONReader.value(of: Array(line.utf8)).object?["loss"]?.real
      #expect(value.isNaN ? read?.isNaN == true : read == value)
      #expect(EpochLines.line(record(1, ["loss": value])) == "1 \(text)")
    }
  }

  @Test func csvParsesBack() throws {
    let path = folder + "/deep/er/log.csv"
    let log = try CSVLog(path: path)
    let metrics = ["loss", "a, \"b\"", "val_loss"]
    try log.trainingBegan(FitPlan(epochs: 2, stepsPerEpoch: 600, batchSize: 100, metrics: metrics))
    let trainer = try trainer()
    _ = try log.epochEnded(record(0, ["loss": 2.5, "val_loss": .nan]), trainer)
    _ = try log.epochEnded(record(1, ["loss": 0.1, "a, \"b\"": 1e-20, "val_loss": -.infinity, "more": 3]), trainer)
    // Training that goes on adds rows.
    try log.trainingBegan(FitPlan(epochs: 1, lastEpoch: 3, stepsPerEpoch: 600, batchSize: 100, metrics: ["other"]))
    _ = try log.epochEnded(record(3, ["loss": 0.05]), trainer)
    #expect(
      try lines(path) == [
        "epoch,step,training_seconds,evaluation_seconds,loss,\"a, \"\"b\"\"\",val_loss", "0,0,1.5,0.25,2.5,,nan",
        "1,600,1.5,0.25,0.1,1e-20,-inf", "3,1800,1.5,0.25,0.05,,", "",
      ])
  }

  @Test func logsOfARunHoldItsHistory() throws {
    let data = try Problems.classes(6)
    let history = try trainer().fit(
      data, epochs: 2, batchSize: 2, validation: data,
      options: FitOptions(evaluatesUntrained: true, recordsLearningRate: true),
      callbacks: [CSVLog(path: folder + "/log.csv"), JSONLinesLog(path: folder + "/log.jsonl")])
    let rows = try lines(folder + "/log.csv").dropLast().map { $0.split(separator: ",").map(String.init) }
    #expect(rows[0] == ["epoch", "step", "training_seconds", "evaluation_seconds"] + history.epochs[1].metrics.keys)
    let objects = try lines(folder + "/log.jsonl").dropLast().map {
      try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
    }
    #expect(objects.count == 3)
    for (index, record) in history.epochs.enumerated() {
      let metrics = Array(record.metrics.values)
      let fixed = [Double(record.epoch), Double(record.step), record.trainingSeconds, record.evaluationSeconds]
      #expect(rows[index + 1].map { Double($0) } == fixed + metrics)
      #expect(objects[index]["epoch"] == Double(record.epoch))
      #expect(objects[index]["step"] == Double(record.step))
      for (name, value) in record.metrics { #expect(objects[index][name] == value) }
      #expect(objects[index].count == 4 + metrics.count)
    }
  }

  @Test func logsKeepEarlierEpochsWhenTrainingGoesOn() throws {
    let data = try Problems.classes(6)
    let paths = [folder + "/log.csv", folder + "/log.jsonl"]
    func logs() throws -> [any Callback] { [try CSVLog(path: paths[0]), try JSONLinesLog(path: paths[1])] }
    let first = try trainer()
    _ = try first.fit(data, epochs: 2, batchSize: 2, validation: data, callbacks: logs())
    let checkpoint = try first.checkpoint()
    _ = try first.fit(data, epochs: 1, batchSize: 2, validation: data, callbacks: logs())
    let undisturbed = try paths.map(lines)
    #expect(undisturbed.map(\.count) == [5, 4])

    // A process was killed while it wrote the third epoch, which no checkpoint has.
    for path in paths {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try String(text.dropLast(9)).write(toFile: path, atomically: true, encoding: .utf8)
    }
    let torn = try paths.map(lines)
    let second = try trainer()
    try second.restore(checkpoint)
    let resumed = try logs()
    #expect(try paths.map(lines) == torn)
    _ = try second.fit(data, epochs: 1, batchSize: 2, validation: data, callbacks: resumed)
    // Bit for bit but for the time that the third epoch took.
    for (path, before) in zip(paths, undisturbed) { #expect(try lines(path).dropLast(2) == before.dropLast(2)) }
    let rows = try lines(paths[0]).dropLast().map { $0.split(separator: ",") }
    #expect(rows.dropFirst().map { Int($0[0]) } == [1, 2, 3])
    #expect(rows[3].dropFirst(4).elementsEqual(undisturbed[0][3].split(separator: ",").dropFirst(4)))
    let objects = try lines(paths[1]).dropLast().map {
      try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
    }
    #expect(objects.map { $0["epoch"] } == [1, 2, 3])

    // Back to an earlier epoch with the same logs: what was taken back goes.
    try second.restore(checkpoint)
    _ = try second.fit(data, epochs: 1, batchSize: 2, validation: data, callbacks: resumed)
    #expect(try paths.map { try lines($0).count } == [5, 4])

    // A training that starts replaces what another one wrote.
    _ = try trainer().fit(data, epochs: 1, batchSize: 2, validation: data, callbacks: logs())
    #expect(try paths.map { try lines($0).count } == [3, 2])
  }

  @Test func jsonHoldsAnyNameAndNumber() throws {
    let log = try JSONLinesLog(path: folder + "/log.jsonl")
    let name = "quote \" back \\ tab \t bell \u{7} 日本"
    _ = try log.epochEnded(record(1, [name: 1e-300, "loss": .nan, "up": .infinity, "down": -.infinity]), trainer())
    let object = try JSONSerialization.jsonObject(with: Data(lines(folder + "/log.jsonl")[0].utf8)) as? [String: Any]
    #expect(object?[name] as? Double == 1e-300)
    #expect(object?["loss"] as? String == "nan")
    #expect(object?["up"] as? String == "inf")
    #expect(object?["down"] as? String == "-inf")
  }

  @Test func pathsThatCantBeWrittenAreErrors() throws {
    let blocked = folder + "/file"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "x".write(toFile: blocked, atomically: true, encoding: .utf8)
    for path in [blocked + "/log.csv", folder] {
      let error = #expect(throws: TrainingError.self) { try CSVLog(path: path) }
      #expect(error?.description.hasPrefix("can't write \(path): ") == true)
      #expect(throws: TrainingError.self) { try JSONLinesLog(path: path) }
    }
  }
}
