import Foundation
import TestSupport
import Testing

@testable import Datasets
@testable import Studies

@Suite(.tags(.engine)) struct StoredResultsTests {
  private let folder: TemporaryFolder
  private let store: StudyStore

  init() throws {
    folder = try TemporaryFolder()
    store = try StudyStore(folder("store.sqlite"))
  }

  @Test func numbersComeBackBitForBit() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 1, epochs: 8))
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    let values = [
      0.1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1.7976931348623157e308, 0.30000000000000004, -1e-300,
    ]
    for (index, value) in values.enumerated() {
      try store.record(StoreSamples.record(index + 1, loss: value), of: run, checkpoint: nil, end: nil)
    }
    let results = try store.results(of: store.study(nil))
    let back = results.runs[0].history.values("loss").map(\.value)
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(
      results.runs[0].history.epochs[2].metrics.keys.elements == ["loss", "accuracy", "val_loss", "val_accuracy"])
    #expect(results.runs[0].state == .running)
    #expect(try results.armResults()[0].runs.isEmpty)
    #expect(results.csv().contains("sample,arm0,0,\(run.id),2,20,loss,nan\n"))
    let json = try JSONSerialization.jsonObject(with: Data(results.json().utf8)) as? [String: Any]
    let runs = try #require(json?["runs"] as? [[String: Any]])
    let epochs = try #require(runs[0]["epochs"] as? [[String: Any]])
    #expect((epochs[3]["metrics"] as? [String: Any])?["loss"] as? String == "-inf")
    #expect(try results.json().contains("\"loss\" : 0.30000000000000004"))
  }

  /// An export is written run by run, and is what it would be as a whole.
  @Test func exportsAreWrittenInPieces() throws {
    try store.register(StoreSamples.plan(arms: 2, seeds: 2))
    func texts() throws -> (csv: [String], json: [String]) {
      let study = try store.study(nil)
      var (csv, json): ([String], [String]) = ([], [])
      try StudyExport.csv(study, in: store) { csv.append($0) }
      try StudyExport.json(study, in: store) { json.append($0) }
      let results = try store.results(of: study)
      #expect(try csv.joined() == results.csv() && json.joined() == results.json())
      return (csv, json)
    }
    try StoreSamples.finishAll(store) { run, epoch in Double(run.seed) / Double(epoch) }
    let (csv, json) = try texts()
    #expect(csv.count == 5 && json.count == 6)
    #expect(csv.joined().split(separator: "\n").count == 1 + 4 * 2 * 4)
    let read = try JSONSerialization.jsonObject(with: Data(json.joined().utf8)) as? [String: Any]
    #expect((read?["runs"] as? [Any])?.count == 4 && read?["study"] as? String == "sample")
    #expect(
      json[1].hasPrefix("\n    {\n      \"arm\"") && json[2].hasPrefix(",\n    {\n") && json[5].hasPrefix("\n  ],\n"))
    struct Stopped: Error {}
    #expect(throws: Stopped.self) { try StudyExport.csv(store.study(nil), in: store) { _ in throw Stopped() } }
  }

  @Test func whatIsReadAgainIsWhatIsThere() throws {
    let finished = FinishedRuns()
    func check() throws {
      let study = try store.study(nil)
      let (again, anew) = (try store.results(of: study, reusing: finished), try store.results(of: study))
      #expect(StudyDiff(again, anew).isEmpty && again.runs.map(\.id) == anew.runs.map(\.id))
      #expect(again.runs.map(\.state) == anew.runs.map(\.state) && again.runs.map(\.arm) == anew.runs.map(\.arm))
      #expect(again.environments == anew.environments)
    }
    try store.register(StoreSamples.plan(arms: 2, seeds: 2))
    try check()
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: nil)
    try check()
    try store.record(StoreSamples.record(2), of: run, checkpoint: nil, end: StoreSamples.end)
    try StoreSamples.finishAll(store)
    try check()
    // The same places with other runs.
    try store.register(StoreSamples.plan(arms: 3, seeds: 1), replaces: true)
    try StoreSamples.finishAll(store) { _, _ in 0.25 }
    try check()
    // A number that is changed behind the store's back isn't seen while the run's digest is the same; a run that is trained again is.
    try store.write { try $0.execute(sql: "UPDATE metrics SET value = 7 WHERE run = 1 AND position = 0") }
    try store.retrainDamaged(of: store.study(nil))
    try check()
    try StoreSamples.finishAll(store) { _, _ in 0.125 }
    try check()
  }

  @Test func aRunsEndIsStoredWithItsCosts() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 1))
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    let data = try DataIdentity(
      OpenedData(SyntheticDigits.generate(trainCount: 20, testCount: 10, seed: 0)), source: "syntheticDigits(…)")
    try store.begin(run, environment: StoreSamples.environment, data: data)
    try store.record(
      StoreSamples.record(1), of: run, checkpoint: StoredCheckpoint(folder: "x/attempt-1", number: 3), end: nil)
    #expect(
      try store.results(of: store.study(nil)).runs[0].artifacts == [
        RunArtifact(kind: "checkpoint", path: "\(store.path).files/x/attempt-1")
      ])
    try store.record(StoreSamples.record(2), of: run, checkpoint: nil, end: StoreSamples.end)
    let results = try store.results(of: store.study(nil))
    let stored = results.runs[0]
    #expect(stored.state == .done)
    #expect(stored.seconds == 6)
    #expect(stored.steps == 20)
    #expect(stored.gradientEvaluations == 40)
    #expect(stored.isDiverged == false)
    #expect(stored.artifacts.isEmpty)
    #expect(stored.environments == [0])
    #expect(results.environments == [StoreSamples.environment])
    #expect(stored.dataOrigin == data.origin)
    #expect(try RunConfiguration(canonicalText: stored.configuration, source: "").id == stored.id)
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
  }

  @Test func otherDataForOneStudyIsRefused() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 2))
    let runs = [try store.claim(worker: WorkerIdentity()), try store.claim(worker: WorkerIdentity())].compactMap(\.self)
    func data(_ seed: UInt64) throws -> DataIdentity {
      try DataIdentity(
        OpenedData(SyntheticDigits.generate(trainCount: 20, testCount: 10, seed: seed)), source: "digits")
    }
    try store.begin(runs[0], environment: StoreSamples.environment, data: try data(0))
    try store.begin(runs[0], environment: StoreSamples.environment, data: try data(0))
    let error = #expect(throws: StoreError.self) {
      try store.begin(runs[1], environment: StoreSamples.environment, data: try data(1))
    }
    #expect(try #require(error).description.contains("were trained on synthetic digits, generated with seed 0"))
  }

  /// Published values aren't held against runs on data that stood in for the published ones.
  @Test(arguments: [true, false]) func valuesOfOtherDataAreNotJudged(_ standsIn: Bool) throws {
    try store.register(Recipe(named: "activations-mnist").plan(arms: ["relu"], seeds: [1], budget: "smoke"))
    let nowhere = DataFolders(searched: [], cache: folder.path, allowsDownload: false)
    let digits = try DigitData.load(from: nowhere, progress: nil) { () throws(DatasetError) in
      try SyntheticDigits.generate(trainCount: 20, testCount: 10)
    }
    let pair = standsIn ? digits : try SyntheticDigits.generate(trainCount: 20, testCount: 10)
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    try store.begin(
      run, environment: StoreSamples.environment, data: DataIdentity(OpenedData(pair), source: "digits"))
    let facts = try StudyFacts(store.results(of: store.study(nil)))
    #expect(facts.arms[0].published.isEmpty == standsIn)
    #expect(facts.notes.contains { $0.hasPrefix("MNIST was unavailable, and other data stood in") } == standsIn)
  }

  @Test func doneRunsAreSharedByStudiesAndStayThere() throws {
    try store.register(StoreSamples.plan("first"))
    try StoreSamples.finishAll(store)
    // Another study with one arm more, and the first one with fewer seeds.
    let second = try store.register(StoreSamples.plan("second", arms: 3))
    #expect(second.counts.done == 6)
    #expect(second.counts.pending == 3)
    let smaller = try store.register(StoreSamples.plan("first", seeds: 1), replaces: true)
    #expect(smaller.counts.total == 2)
    #expect(try store.register(StoreSamples.plan("first")).counts.done == 6)
    #expect(try store.study("first").plan == StoreSamples.plan("first"))
    #expect(
      try store.results(of: store.study("first")).armResults().map { $0.last("loss") } == [
        [0.5, 0.5, 0.5], [0.5, 0.5, 0.5],
      ])
  }

  @Test func aNarrowerPlanReplacesNothingUnlessItIsTold() throws {
    try store.register(StoreSamples.plan("rates", arms: 2, seeds: 3))
    // Nothing has been computed: a mistake in the plan is mended without ado.
    try store.register(StoreSamples.plan("rates", arms: 2, seeds: 2))
    try store.register(StoreSamples.plan("rates", arms: 2, seeds: 3))
    try StoreSamples.finishAll(store)
    for narrower in [StoreSamples.plan("rates", arms: 1, seeds: 3), StoreSamples.plan("rates", arms: 2, seeds: 1)] {
      let error = #expect(throws: StoreError.self) { try store.register(narrower) }
      guard case .narrowed("rates", _, of: 6, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(try #require(error).description.contains("another name (name=…), or replace the study (--replace)"))
      #expect(try store.study("rates").plan == StoreSamples.plan("rates", arms: 2, seeds: 3))
      #expect(try store.study("rates").counts.done == 6)
    }
    let error = #expect(throws: StoreError.self) { try store.register(StoreSamples.plan("rates", arms: 2, seeds: 1)) }
    let names = StoreSamples.plan("rates", arms: 2).arms.map(\.name)
    #expect(
      try #require(error).description.contains(
        "lacks 4 of the 6 runs with results that study 'rates' has: \(names[0]) (seeds 1–2), \(names[1]) (seeds 1–2)."))
    // More seeds, more arms, another title or metric: all that was there stays.
    var wider = StoreSamples.plan("rates", arms: 3, seeds: 5)
    wider.title = "Wider"
    wider.metric = PrimaryMetric("val_loss")
    #expect(try store.register(wider).counts.done == 6)
    #expect(try store.register(StoreSamples.plan("other", arms: 1, seeds: 1)).counts.done == 1)
    let replaced = try store.register(StoreSamples.plan("rates", arms: 1, seeds: 1), replaces: true)
    #expect(replaced.counts.total == 1 && replaced.counts.done == 1)
    #expect(try store.register(wider).counts.done == 6)
  }

  @Test func timesAreKnownFromRunsOfOneKind() throws {
    let study = try store.register(StoreSamples.plan())
    let workload = try study.plan.runs()[0].configuration.workload
    #expect(try store.secondsPerEpoch(of: workload) == nil)
    var estimate = try StudyEstimator(store: store).estimate(study.plan)
    #expect(estimate.seconds == nil)
    #expect(estimate.untimed == ["arm0", "arm1"])
    #expect(estimate.steps == 24)
    try StoreSamples.finishAll(store)
    #expect(try store.secondsPerEpoch(of: workload) == 3)
    estimate = try StudyEstimator(store: store).estimate(StoreSamples.plan("longer", seeds: 5, epochs: 10))
    #expect(
      estimate == StudyEstimate(runs: 10, done: 0, expected: 0, epochs: 100, steps: 200, seconds: 300, untimed: []))
    estimate = try StudyEstimator(store: store).estimate(StoreSamples.plan("more", seeds: 5))
    #expect(estimate == StudyEstimate(runs: 10, done: 6, expected: 0, epochs: 8, steps: 16, seconds: 24, untimed: []))
  }

  @Test func diffsFindConfigurationsAndNumbers() throws {
    try store.register(StoreSamples.plan())
    try StoreSamples.finishAll(store)
    let first = try store.results(of: store.study(nil))
    #expect(StudyDiff(first, first).isEmpty)

    let other = try StudyStore(folder("other.sqlite"))
    try other.register(StoreSamples.plan())
    try StoreSamples.finishAll(other) { $0.arm == "arm1" && $0.seed == 2 && $1 == 2 ? 0.75 : 0.5 }
    let diff = StudyDiff(first, try other.results(of: other.study(nil)))
    #expect(!diff.isEmpty)
    #expect(
      diff.metrics == [
        StudyDiff.MetricChange(arm: "arm1", seed: 2, metric: "loss", epoch: 2, distance: 0.25),
        StudyDiff.MetricChange(arm: "arm1", seed: 2, metric: "val_loss", epoch: 2, distance: 0.25),
      ])
    #expect(diff.description.contains("arm1, seed 2: loss differs from epoch 2 on, by 0.25 at most"))

    let longer = try StudyStore(folder("longer.sqlite"))
    try longer.register(StoreSamples.plan(arms: 1, seeds: 4, epochs: 3))
    let changed = StudyDiff(first, try longer.results(of: longer.study(nil)))
    #expect(changed.common == 3)
    #expect(changed.onlyFirst == ["arm1, seed 0", "arm1, seed 1", "arm1, seed 2"])
    #expect(changed.onlySecond == ["arm0, seed 3"])
    #expect(changed.settings == [StudyDiff.SettingChange(arm: "arm0", key: "epochs", first: "2", second: "3")])
    #expect(changed.metrics.count == 12)
  }

  @Test func namesWithCommasAndQuotesAreQuoted() throws {
    try store.register(
      StudyPlan(name: "odd", grid: [GridAxis("model.hidden", [.list([.number(8), .number(4)]), .list([])])]))
    while let run = try store.claim(worker: WorkerIdentity()) {
      try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: StoreSamples.end)
    }
    let csv = try store.results(of: store.study(nil)).csv()
    #expect(csv.contains("odd,\"hidden=[8, 4]\",0,"))
  }
}
