import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct PlanReaderTests {
  @Test func readsEverything() throws {
    let plan = try PlanTexts.plan(PlanTexts.rates)
    #expect(plan.name == "plan")
    #expect(plan.title == "Rates")
    #expect(plan.metric == PrimaryMetric("val_loss", better: .lower, reading: .last))
    #expect(plan.targets == [])
    #expect(plan.baseline == "sgd")
    #expect(plan.seeds == [0, 1, 2])
    #expect(plan.arms.map(\.name) == ["sgd", "adam", "plain"])
    #expect(
      plan.arms[1].published == PublishedValues(train: 100, test: 97.85, best: 97.88, reached: [2, nil], seconds: 41))
    #expect(plan.grid.map(\.path) == ["optimizer.learningRate", "batchSize"])
    #expect(plan.grid[0].values == [.number(0.1), .number(0.5)])
    #expect(plan.base.map(\.path) == ["batchSize", "data", "epochs", "model"])
    #expect(plan.base[1].origin == "plan.yml:6")
  }

  @Test(arguments: [
    ("5", [0, 1, 2, 3, 4]), ("3..5", [3, 4, 5]), ("3...5", [3, 4, 5]), ("[10, 11]", [10, 11]),
    ("[0..2, 7]", [0, 1, 2, 7]),
  ])
  func readsSeeds(_ text: String, _ seeds: [Int]) throws {
    #expect(try PlanTexts.plan("seeds: \(text)\narms: {a: {}}").seeds == seeds)
  }

  @Test func metricsHaveUsualDirectionsAndTargets() throws {
    #expect(try PlanTexts.plan("seeds: 1\narms: {a: {}}").metric == PrimaryMetric("val_accuracy", better: .higher))
    #expect(try PlanTexts.plan("seeds: 1\narms: {a: {}}").targets == [0.95, 0.97, 0.98])
    let plan = try PlanTexts.plan(
      "seeds: 1\nmetric: {name: loss, better: higher, at: best}\ntargets: 0.3\narms: {a: {}}")
    #expect(plan.metric == PrimaryMetric("loss", better: .higher, reading: .best))
    #expect(plan.targets == [0.3])
  }

  @Test func armsMayBeAList() throws {
    let plan = try PlanTexts.plan(
      "seeds: 1\narms:\n  - name: a\n    batchSize: 10\n  - {name: b, published: {test: 1}}\n")
    #expect(plan.arms.map(\.name) == ["a", "b"])
    #expect(plan.arms[0].settings == [Override("batchSize", .number(10))])
    #expect(plan.arms[1].settings.isEmpty)
    #expect(plan.arms[1].published == PublishedValues(test: 1))
  }

  /// The text, and what the error must say.
  @Test(arguments: [
    ("seeds: 1\narms: {a: {}}\nsead: 3", "plan.yml:3: a plan has no setting 'sead': did you mean 'seeds'?"),
    ("seeds: 1\narms:\n  a:\n    epoch: 3", "plan.yml:4: a run has no setting 'epoch': did you mean 'epochs'?"),
    ("seeds: 1\narms:\n  a:\n    epochs: many", "plan.yml:4: 'epochs' takes a whole number"),
    ("seeds: 1\nbase:\n  batchSize: 0\narms: {a: {}}", "plan.yml:3: 'batchSize' is 0, but must be in 1..."),
    ("seeds: 1\narms:\n  a:\n    optimizer: adm", "plan.yml:4: there is no optimizer 'adm': did you mean 'adam'?"),
    (
      "seeds: 1\narms:\n  a:\n    optimizer:\n      name: sgd\n      rat: 1",
      "sgd has no setting 'rat': did you mean 'learningRate'?"
    ),
    ("seeds: 1\narms:\n  a: {}\n  b: {}\n  a: {}", "plan.yml:5: 'a' is set twice"),
    ("seeds: 1\narms:\n  - name: a\n  - name: a", "plan.yml:4: there are two arms 'a'"),
    ("seeds: 1\narms:\n  - batchSize: 3", "plan.yml:3: an arm needs a name"),
    ("arms: {a: {}}", "plan.yml: there are no seeds: write 'seeds: 5'"),
    ("seeds: []\narms: {a: {}}", "plan.yml:1: there are no seeds"),
    ("seeds: 0\narms: {a: {}}", "plan.yml:1: there are no seeds"),
    ("seeds: 1.5\narms: {a: {}}", "plan.yml:1: 'seeds' takes a number of seeds (5)"),
    ("seeds: some\narms: {a: {}}", "plan.yml:1: 'seeds' takes a number of seeds (5)"),
    ("seeds: 5..3\narms: {a: {}}", "plan.yml:1: 'seeds' takes a number of seeds (5)"),
    ("seeds: 0..99999999\narms: {a: {}}", "100000 seeds at most"),
    ("seeds: 99999999999999999999\narms: {a: {}}", "plan.yml:1: 'seeds'"),
    ("seeds: [1, 1]\narms: {a: {}}", "seed 1 is there twice"),
    ("seeds: [-1]\narms: {a: {}}", "plan.yml:1: 'seeds' takes"),
    ("seeds: [4294967296]\narms: {a: {}}", "'seeds' is 4294967296, but must be in 0...4294967295"),
    ("seeds: 1", "there is nothing to compare"),
    ("seeds: 1\narms: {}", "there is nothing to compare"),
    ("seeds: 1\narms: [1, 2]", "plan.yml:2: an arm needs a name"),
    ("seeds: 1\narms: 3", "plan.yml:2: 'arms' takes names"),
    ("seeds: 1\nbase: 3\narms: {a: {}}", "plan.yml:2: 'base' takes settings"),
    ("seeds: 1\ngrid: 3", "plan.yml:2: 'grid' takes settings with their values"),
    ("seeds: 1\ngrid: {batchSize: []}", "plan.yml:2: 'batchSize' has no values"),
    ("seeds: 1\ngrid: {batchSize: [10, 10]}", "plan.yml:2: 'batchSize' has a value twice"),
    ("seeds: 1\ngrid: {seed: [1, 2]}", "plan.yml:2: 'seed' is no axis"),
    ("seeds: 1\narms:\n  a:\n    seed: 3", "plan.yml:4: 'seed' isn't an arm's"),
    ("seeds: 1\nmetric: val_acuracy\narms: {a: {}}", "there is no metric 'val_acuracy': did you mean 'val_accuracy'?"),
    ("seeds: 1\nmetric: val_loss(beter: lower)\narms: {a: {}}", "a metric has no setting 'beter'"),
    ("seeds: 1\nmetric: val_loss(better: up)\narms: {a: {}}", "'better' is up, but must be one of higher, lower"),
    ("seeds: 1\nmetric: val_accuracy\narms:\n  a: {metrics: [topKAccuracy]}", "there is no metric 'val_accuracy'"),
    ("seeds: 1\nbaseline: b\narms: {a: {}}", "there is no arm 'b'"),
    ("seeds: 1\nname: a/b\narms: {a: {}}", "a study's name is made of letters"),
    ("seeds: 1\narms: {'a(b)': {}}", "an arm's name is made of letters"),
    ("seeds: 1\narms: {'': {}}", "an arm's name is made of letters"),
    (
      "seeds: 1\narms:\n  a: {published: {tests: 3}}",
      "plan.yml:3: 'published' has no setting 'tests': did you mean 'test'?"
    ),
    ("seeds: 1\narms:\n  a: {published: {reached: [1, soon]}}", "'reached' takes a list of epochs and 'never'"),
    (
      "seeds: 1\narms:\n  a: {batchSize.size: 3}",
      "plan.yml:3: 'batchSize.size' can't be set: 'batchSize' isn't set to a method"
    ),
    ("seeds: 1\narms:\n  a: {optimizer..rate: 3}", "'optimizer..rate' is no setting's name"),
    ("- a\n- b", "plan.yml:1: settings are written 'name: value'"),
    ("seeds: [1\narms: {a: {}}", "this isn't YAML that can be read"),
    ("[1]: 3", "the name of a setting must be a word"),
  ])
  func saysWhatIsWrong(_ text: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try PlanTexts.plan(text).runs() }
    let description = try #require(error).description
    #expect(description.contains(message), "\(description)")
  }

  @Test func missingFilesAreTold() throws {
    #expect(throws: ConfigurationError.invalid(message: "there is no such file", origin: "/nowhere/plan.yml")) {
      try StudyPlan(file: "/nowhere/plan.yml")
    }
  }

  @Test func hostileTextsNeverTrap() throws {
    var generator = SplitMix(state: 7)
    let source = Array(PlanTexts.rates)
    for _ in 0..<300 {
      var text = source
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let index = Int.random(in: 0..<text.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text.remove(at: index)
        case 1:
          text[index] =
            ["{", "[", ":", "-", "\"", "&", "*", "\n", "9", "\u{0}"].randomElement(using: &generator) ?? "x"
        default:
          text.insert(contentsOf: text[index...].prefix(20), at: Int.random(in: 0..<text.count, using: &generator))
        }
      }
      // Whether it can be read or not: it's a plan or a ConfigurationError.
      do throws(ConfigurationError) { _ = try StudyPlan(yaml: String(text), source: "plan.yml").runs() } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}

/// A small generator, so that random tests are the same each time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
