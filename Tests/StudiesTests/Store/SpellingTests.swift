import Foundation
import TestSupport
import Testing

@testable import Plans
@testable import Studies

/// Names, paths and titles arrive exactly as they are written.
@Suite(.tags(.unit, .slow)) struct SpellingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plan(_ text: String) throws -> StudyPlan {
    try StudyPlan(yaml: text, source: "plan.yml", name: "plan")
  }

  @Test func namesAreNoNumbersAndNoFlags() throws {
    let text = """
      name: 1.10
      title: 1e-3
      baseline: no
      seeds: 1
      base: {epochs: 1}
      arms:
        yes: {optimizer: adam}
        no: {optimizer: sgd}
        0.10:
          optimizer: sgd(learningRate: 0.10)
        1e-3:
          optimizer: sgd(learningRate: 1e-3)
        True: {optimizer: lion}
      """
    let plan = try plan(text)
    #expect(plan.name == "1.10" && plan.title == "1e-3" && plan.baseline == "no")
    #expect(plan.arms.map(\.name) == ["yes", "no", "0.10", "1e-3", "True"])
    let planned = try plan.plannedArms()
    #expect(planned.map(\.baseline) == ["no", nil, "no", "no", "no"])
    #expect(try StudyPlan(yaml: plan.yaml(), source: "copy") == plan)
    for name in ["0.10", "1e-3", "True", "no"] {
      var other = plan
      try other.override(assignment: "baseline=\(name)")
      try other.override(assignment: "arms=yes,\(name)")
      #expect(try other.plannedArms().last?.baseline == nil)
    }
    #expect(
      try self.plan(text.replacing("title: 1e-3", with: "title: sweep(rate small) of [all]")).title
        == "sweep(rate small) of [all]")
    #expect(
      try self.plan(text.replacing("title: 1e-3", with: "title: |\n  of\n  optimizer: sgd(learningRate: 1)")).title
        == "of\noptimizer: sgd(learningRate: 1)\n")
    #expect(try self.plan(text.replacing("title: 1e-3", with: "title: f(x)")).title == "f(x)")
    #expect(throws: ConfigurationError.self) { try self.plan(text.replacing("title: 1e-3", with: "title: [a, b]")) }
  }

  /// A study whose name looks like another one's number is another study.
  @Test func studiesOfAlikeNamesAreTwo() throws {
    let store = try StudyStore(folder("s.sqlite"))
    for name in ["1.1", "1.10", "1.100"] {
      try store.register(plan("name: \(name)\nseeds: 1\narms: {a: {optimizer: sgd}}"))
    }
    #expect(try store.studies().map(\.name) == ["1.1", "1.10", "1.100"])
  }

  @Test(arguments: [
    "2024.10", "007", "1e5", "no", "true", "nan", "null", "~", "/data/my set (1)/x@50%.npz", "~/a b.npz", "it's.npz",
    "a#b: c.npz",
  ])
  func pathsArrive(_ path: String) throws {
    let quoted = "'" + path.replacing("'", with: "''") + "'"
    var texts = [
      "data: npz(path: \(quoted))", "data: npz(path: \(quoted))   # the (first) set",
      "data: {name: npz, path: \(quoted)}",
      "data:\n  name: npz\n  path: \(quoted)", "data: noisyLabels(data: npz(path: \(quoted)), fraction: 0.10)",
    ]
    if !["null", "~", "a#b: c.npz"].contains(path) { texts.append("data:\n  name: npz\n  path: \(path)") }
    if path.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." }) { texts.append("data: npz(path: \(path))") }
    for text in texts {
      for ends in ["\n", "\r\n", "\r"] {
        let options = try YAMLReader.options(text: text.replacing("\n", with: ends) + ends, source: "c.yml")
        let read = try RunConfiguration(from: options)
        #expect(Self.path(of: read) == path, "\(text)")
        #expect(try Self.path(of: RunConfiguration(canonicalText: read.canonicalText, source: "store")) == path)
      }
    }
    var options = Options()
    try options.override(assignment: "data=npz(path: \(quoted))")
    #expect(try Self.path(of: RunConfiguration(from: options)) == path)
  }

  private static func path(of configuration: RunConfiguration) -> String? {
    func path(_ choice: MethodSpec) -> String? {
      for (key, value) in choice.options.pairs {
        if key == "path" { return value.word }
        if case .choice(let inner) = value { return path(inner) }
      }
      return nil
    }
    return path(configuration.data)
  }

  /// What a spelling stands for makes a run, not the spelling.
  @Test func spellingsOfNumbersAreOneRun() throws {
    func id(_ text: String) throws -> String {
      try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml")).id
    }
    let same = ["0.1", "0.10", "1e-1", ".1", "+0.1"]
    #expect(
      try Set(same.map { try id("optimizer: sgd(learningRate: \($0), nesterov: yes, momentum: 0.90)") }).count == 1)
    #expect(
      try Set(["true", "True", "yes", "on"].map { try id("optimizer: sgd(nesterov: \($0))\nuntrained: \($0)") }).count
        == 1)
    #expect(try id("optimizer: 'sgd(learningRate: 0.10)'") == id("optimizer: {name: sgd, rate: 0.1}"))
    #expect(try id("data: npz(path: 2024.10)") != id("data: npz(path: 2024.1)"))
    #expect(try id("data: npz(path: 2024.1)") == id("data: npz(path: 2024.1)"))
    let twice = try plan("seeds: 1\narms: {a: {optimizer: sgd}}\ngrid: {optimizer.learningRate: [0.1, 0.10]}")
    let error = #expect(throws: ConfigurationError.self) { try twice.runs() }
    #expect(
      error?.description == "plan: the grid has the same run twice: 'a learningRate=0.1' and 'a learningRate=0.10'")
    let paths = try plan(
      "seeds: 1\nbase:\n  data: npz(path: x)\narms: {a: {optimizer: sgd}}\ngrid: {data.path: [0.1, 0.10]}")
    #expect(try paths.runs().map { Self.path(of: $0.configuration) } == ["0.1", "0.10"])
  }

  /// Any string goes through plan, store, configuration.yml and export unchanged.
  @Test func anyStringSurvives() throws {
    let store = try StudyStore(folder("any.sqlite"))
    var generator = SystemSeeded(seed: 20)
    let file = folder("configuration.yml")
    for index in 0..<60 {
      let texts = (0..<8).map { _ in generator.text() }
      let arms = texts.enumerated().map { index, path in
        Arm("arm \(index)", settings: [Override("data", .choice(MethodSpec("npz", Options(["path": .text(path)]))))])
      }
      let plan = StudyPlan(
        name: "any-\(index)", title: texts[0], base: [Override("epochs", .number(1))], arms: arms, seeds: [0])
      // The store, and its plan as export writes it.
      let stored = try store.register(plan).plan
      #expect(stored == plan && Array(stored.title.unicodeScalars) == Array(texts[0].unicodeScalars))
      let copy = try StudyPlan(yaml: stored.yaml(), source: "exported")
      #expect(copy == plan)
      #expect(try copy.runs().map(\.id) == plan.runs().map(\.id))
      let results = try store.results(of: store.study(named: plan.name))
      for (run, path) in zip(results.runs, texts) {
        let read = try RunConfiguration(canonicalText: run.configuration, source: "store")
        #expect(Self.path(of: read).map { Array($0.unicodeScalars) } == Array(path.unicodeScalars))
        // As `tanren run` writes it, and reads it.
        try read.yaml().write(toFile: file, atomically: false, encoding: .utf8)
        let again = try RunConfiguration(from: YAMLReader.options(file: file))
        #expect(again == read && again.id == run.id)
        // As it is typed in a shell.
        var options = Options()
        try options.override(assignment: "data=\(read.data)")
        #expect(try RunConfiguration(from: options).data == read.data)
      }
    }
  }
}

/// Strings of all kinds: words that mean something, notation, quotes, line ends, controls, and any scalar.
private struct SystemSeeded {
  private var state: UInt64
  private static let words = [
    "no", "true", "null", "~", "0.10", "1e-3", "2024.10", "nan", ".inf", "- ", "? ", ": ", " #", "<<", "*a", "&a",
    "!tag", "%", "@",
    "sgd(learningRate: 0.1)", "[1, 2]", "{a: b}", "'", "\"", "\\", "\n", "\r\n", "\r", "\t", " ", "\u{feff}", "\u{85}",
    "\u{2028}", "é", "e\u{301}",
    "/", "~/", "C:\\", "漢字", "😀", "\u{7f}", "\u{1b}", "|", ">", "---", "...", "=", ",", "(", ")", "[", "]", "{", "}",
  ]

  init(seed: UInt64) { state = seed }

  mutating func text() -> String {
    // Every path has a name, and a byte-order mark at the start of a text is no part of it.
    var text = ["x", " ", "/", "0", "'", "[", "-"][next(below: 7)]
    for _ in 0...next(below: 6) {
      let index = next(below: Self.words.count + 12)
      // NUL ends texts in C, and no path may have it.
      let scalar = Unicode.Scalar(UInt32(1 + next(below: 0x10ffff))) ?? "s"
      if index < Self.words.count { text += Self.words[index] } else { text.unicodeScalars.append(scalar) }
    }
    return text
  }

  private mutating func next(below count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(count))
  }
}
