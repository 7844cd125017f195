import Plans
import TestSupport
import Testing

@Suite(.tags(.unit)) struct YAMLReaderTests {
  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "plan.yml"))
  }

  private func message(_ text: String) -> String {
    do {
      return "\(try configuration(text))"
    } catch {
      return "\(error)"
    }
  }

  @Test func methodsNeedNoQuotes() throws {
    let read = try configuration(
      """
      model: mlp(hidden: [30], activation: hSwish(n: 3))  # small (as it should be)
      optimizer: sgd(learningRate: 0.25)
      penalties: [l1l2(l2: 0.5), l1l2(l1: 0.5)]
      metrics:
        - accuracy
        - topKAccuracy(k: 3)
      epochs: 7
      untrained: yes
      """)
    #expect(read.model.description == "mlp(activation: hSwish(n: 3), hidden: [30])")
    #expect(read.optimizer == MethodSpec("sgd", Options(["learningRate": .number(0.25)])))
    #expect(read.penalties.map(\.description) == ["l1l2(l2: 0.5)", "l1l2(l1: 0.5)"])
    #expect(read.metrics.map(\.name) == ["accuracy", "topKAccuracy"])
    #expect(read.epochs == 7 && read.evaluatesBeforeTraining)
  }

  @Test(arguments: [
    "optimizer: momentum(learningRate: 0.5, momentum: 0.8)", "optimizer: 'momentum(learningRate: 0.5, momentum: 0.8)'",
    "optimizer: \"momentum(learningRate=0.5, momentum=0.8)\"", "optimizer: {name: momentum, rate: 0.5, momentum: 0.8}",
    "optimizer:\n  name: momentum\n  rate: 5e-1\n  momentum: 0.8",
    "optimizer   :   momentum(learningRate: 0.5, momentum: 0.8)   # x (y)",
  ]) func spellingsOfOneMethod(_ text: String) throws {
    let expected = MethodSpec("momentum", Options(["learningRate": .number(0.5), "momentum": .number(0.8)]))
    #expect(try configuration(text).optimizer == expected)
  }

  /// Within YAML's own brackets as well, over several lines, beside what the author quoted.
  @Test(arguments: [
    "{optimizer: adam(learningRate: 0.5, beta1: 0.8), model: mlp(hidden: [30, 20]), epochs: 7}",
    "{ optimizer: adam(learningRate: 0.5, beta1: 0.8),  # a (comment: with, words)\n  model: mlp(hidden: [30,\n    20]),"
      + "\n  epochs: 7 }  # end",
    "{'optimizer': 'adam(learningRate: 0.5, beta1: 0.8)', \"model\": mlp(hidden: [30, 20]), epochs: 7}",
    "optimizer: {name: adam, learningRate: 0.5, beta1: 0.8}\nmodel: {name: mlp, hidden: [30, 20]}\nepochs: 7",
  ]) func methodsInFlowMappingsNeedNoQuotes(_ text: String) throws {
    let read = try configuration(text)
    #expect(read.optimizer.description == "adam(beta1: 0.8, learningRate: 0.5)")
    #expect(read.model.description == "mlp(hidden: [30, 20])" && read.epochs == 7)
  }

  @Test func flowMappingsKeepTheirLinesAndTexts() throws {
    let plan = try PlanTexts.plan(
      """
      seeds: 2
      arms:
        a: {optimizer: momentum(learningRate: 0.1, momentum: 0.5), metrics: [accuracy, topKAccuracy(k: 3)]}
        b: {optimizer: &best adam(learningRate: 1), loss: {name: flooded, at: 0.1}}
        c: {
          optimizer: lookahead(inner: sgd(learningRate: 0.1)),
          epochs: 3,
        }
      """)
    func value(_ arm: Int, _ path: String) throws -> String? {
      try plan.arms[arm].settings.first { $0.path == path }?.value().description
    }
    #expect(try value(0, "optimizer") == "momentum(learningRate: 0.1, momentum: 0.5)")
    #expect(try value(0, "metrics") == "[accuracy, topKAccuracy(k: 3)]")
    #expect(try value(1, "optimizer") == "adam(learningRate: 1)")
    #expect(try value(2, "optimizer") == "lookahead(inner: sgd(learningRate: 0.1))" && value(2, "epochs") == "3")
    let options = try YAMLReader.options(
      text: "a: {name: x, text: 'f(a: 1)', other: until (a), url: 'http://x'}", source: "")
    #expect(options.pairs.first?.value.description == "x(other: \"until (a)\", text: \"f(a: 1)\", url: \"http://x\")")
    // What can't be read is reported on its line, with the remedy.
    #expect(message("seed: 1\noptimizer: {name: adam,\n  learningRat: 1}").hasPrefix("plan.yml:3: adam has no setting"))
    let broken = message("seed: 1\nloss: {name: flooded, inner: huber(delta: 1}")
    #expect(broken.hasPrefix("plan.yml:2: this isn't YAML") && broken.contains("belong in quotes"), "\(broken)")
    #expect(
      message("{seed: 1,\n optimizer: adam(learningRat: 1)}").hasPrefix("plan.yml:2: adam has no setting 'learningRat'")
    )
  }

  @Test func textsInQuotesStayTexts() throws {
    let options = try YAMLReader.options(text: "a: '12'\nb: \"true\"\nc: 12\nd: off\ne: 'x: y'", source: "")
    #expect(options.pairs.map(\.value) == [.text("12"), .text("true"), .number(12), .spelled("off"), .text("x: y")])
  }

  @Test func emptyTextIsNoSettings() throws {
    #expect(try configuration("") == RunConfiguration())
    #expect(try configuration("# nothing\n---\n") == RunConfiguration())
  }

  @Test(arguments: [
    ("epohcs: 3", "plan.yml:1: a run has no setting 'epohcs': did you mean 'epochs'?"),
    ("\n\nepochs: ten", "plan.yml:3: 'epochs' takes a whole number, not a word (ten)"),
    ("seed: 1\nepochs: -2", "plan.yml:2: 'epochs' is -2, but must be in 0...1000000"),
    ("seed: 1\nepochs: 3\nseed: 2", "plan.yml:3: 'seed' is set twice"),
    ("loss:\n  name: flooded\n  a: 3", "plan.yml:3: flooded has no setting 'a'"),
    ("seed: 2\noptimizer: addam", "plan.yml:2: there is no optimizer 'addam': did you mean 'adam'?"),
    ("seed: 2\noptimizer: sgd(raet: 1)", "plan.yml:2: sgd has no setting 'raet': did you mean 'learningRate'?"),
    (
      "optimizer: sgd(rate 1)", "plan.yml:1: can't read 'sgd(rate 1)' at column 10: expected ':', ',' or ')', found '1'"
    ),
    ("optimizer: {rate: 1}", "plan.yml:1: 'optimizer' is a mapping without the name of a method"),
    ("seed: 1\nepochs:", "plan.yml:2: 'epochs' has no value"),
    ("- 1\n- 2", "plan.yml:1: settings are written 'name: value'"),
    ("[a]: 1", "plan.yml:1: the name of a setting must be a word"),
    ("seed: 1\nepochs: [1", "plan.yml:"),
    ("a: *nothing", "plan.yml:1: this isn't YAML"),
  ]) func mistakesAreNamedWithTheirLine(_ text: String, _ expected: String) {
    #expect(message(text).hasPrefix(expected), "\(message(text))")
  }

  /// Ends of lines and marks as other systems and editors write them.
  static let dialects: [(name: String, change: @Sendable (String) -> String)] = [
    ("CRLF", { $0.replacing("\n", with: "\r\n") }), ("CR", { $0.replacing("\n", with: "\r") }),
    ("a byte-order mark", { "\u{feff}" + $0 }), ("both", { "\u{feff}" + $0.replacing("\n", with: "\r\n") }),
    ("trailing blanks", { $0.replacing("\n", with: "  \n") }), ("trailing tabs", { $0.replacing("\n", with: "\t\n") }),
    ("trailing blanks and CRLF", { $0.replacing("\n", with: " \t \r\n") }),
    ("no last line's end", { String($0.dropLast()) }),
    ("tabs after keys", { $0.replacing(": ", with: ":\t") }),
  ]

  @Test(arguments: dialects.indices) func linesMayEndInAnyWay(_ index: Int) throws {
    let (name, change) = Self.dialects[index]
    let text = """
      # A comment (with words)
      model: mlp(hidden: [30], activation: hSwish(n: 3))  # small (as it should be)
      optimizer: sgd(learningRate: 0.25)
      penalties: [l1l2(l2: 0.5), l1l2(l1: 0.5)]
      metrics:
        - accuracy
        - topKAccuracy(k: 3)
      dtype: float64
      epochs: 7

      """
    #expect(try configuration(change(text)) == configuration(text), "\(name)")
    #expect(try PlanTexts.plan(change(PlanTexts.rates + "\n")) == PlanTexts.plan(PlanTexts.rates), "\(name)")
    // Lines are counted alike.
    #expect(
      message(change(text + "optimizr: adam(learningRate: 1)\n")).hasPrefix(
        "plan.yml:10: a run has no setting 'optimizr'"),
      "\(name)")
    #expect(
      message(change("epochs: 3\nseed: 2\nepochs: 3\n")).hasPrefix("plan.yml:3: 'epochs' is set twice"), "\(name)")
  }

  @Test func mappingsAreMerged() throws {
    let plan = try PlanTexts.plan(
      """
      seeds: 2
      base: &base {epochs: 3, batchSize: 20}
      arms:
        sgd: &sgd
          <<: *base
          optimizer: sgd(learningRate: 0.1)
          model: mlp(hidden: [8])
        adam:
          <<: *sgd
          optimizer: adam
        both: {epochs: 5, <<: [*base, *sgd]}
      """)
    func value(_ arm: Int, _ path: String) throws -> String? {
      try plan.arms[arm].settings.first { $0.path == path }?.value().description
    }
    #expect(try value(1, "optimizer") == "adam" && value(1, "epochs") == "3" && value(1, "model") == "mlp(hidden: [8])")
    #expect(
      try value(2, "optimizer") == "sgd(learningRate: 0.1)" && value(2, "epochs") == "5"
        && value(2, "batchSize") == "20")
    #expect(
      try configuration("optimizer: {name: sgd, <<: {rate: 0.5}}").optimizer.description == "sgd(learningRate: 0.5)")
    #expect(message("<<: 3").hasPrefix("plan.yml:1: '<<' takes mappings by their aliases"))
    #expect(message("'<<': 3").hasPrefix("plan.yml:1: a run has no setting '<<'"))
    let bomb =
      "a0: &a0 {name: x, z: 1}\n"
      + (1..<40).map { "a\($0): &a\($0) {<<: [*a\($0 - 1), *a\($0 - 1)], y\($0): 1}\n" }.joined()
    #expect(message(bomb).contains("too many values"))
  }

  @Test func hostileTextsAreRefused() {
    let bomb =
      "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
      + (1..<12).map { i in "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 9).joined(separator: ", ") + "]\n"
      }
      .joined()
    #expect(message(bomb).contains("too many values"))
    #expect(message("a: " + String(repeating: "[", count: 100_000)).contains("isn't YAML"))
    #expect(
      message("optimizer: " + String(repeating: "a(b: ", count: 500) + String(repeating: ")", count: 500)).contains(
        "nested"))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var original = RunConfiguration()
    original.data = MethodSpec("npz", Options(["path": .text("my \"odd\" \\ file\n: é.npz"), "classes": .number(3)]))
    original.model = MethodSpec(
      "mlp",
      Options([
        "hidden": .list([.number(3), .number(4)]),
        "activation": .choice(MethodSpec("hSwish", Options(["n": .number(2.5)]))),
      ]))
    original.optimizer = MethodSpec("sgd", Options(["learningRate": .number(1e-7), "nesterov": .flag(false)]))
    original.penalties = [MethodSpec("l1l2", Options(["l2": .number(0.5)])), MethodSpec("l1l2")]
    original.metrics = []
    original.dtype = .float64
    original.partialBatch = .pad
    original.rng = .numPy
    original.evaluatesBeforeTraining = true
    original.examples = 123
    (original.epochs, original.batchSize, original.seed) = (3, 7, 11)
    #expect(try configuration(original.yaml()) == original)
    #expect(try configuration(RunConfiguration().yaml()) == RunConfiguration())
    // Words that YAML or we would take for something else.
    original.data = MethodSpec("npz", Options(["path": .text("12")]))
    #expect(try configuration(original.yaml()) == original)
  }

  @Test func overridesReachIntoMethods() throws {
    var options = try YAMLReader.options(text: "model: mlp(activation: hSwish(n: 3))", source: "plan.yml")
    try options.override(assignment: "model.activation.n=5")
    try options.override(assignment: "model.hidden=[20]")
    try options.override(assignment: "optimizer.learningRate=0.5")
    try options.override(assignment: " epochs =4")
    let read = try RunConfiguration(from: options)
    #expect(read.model.description == "mlp(activation: hSwish(n: 5), hidden: [20])")
    #expect(read.optimizer.description == "sgd(learningRate: 0.5)")
    #expect(read.epochs == 4)
    #expect(throws: ConfigurationError.self) { try options.override(assignment: "epochs.rate=1") }
    #expect(throws: ConfigurationError.self) { try options.override(assignment: "epochs=") }
    #expect(throws: ConfigurationError.self) { try options.override(assignment: "=1") }
    #expect(throws: ConfigurationError.self) { try options.override(assignment: "a..b=1") }
  }
}
