import TestSupport
import Testing

@testable import Configuration

@Suite(.tags(.unit)) struct ConfigurationTests {
  @Test func choicesAreRead() throws {
    let choice = try MethodSpec(
      parsing: " lookahead( inner : sgd(learningRate=0.1, momentum: 0.9), every: 5, on: yes, l: [1, 2] ) ")
    var options = choice.options
    #expect(choice.name == "lookahead")
    var inner = try options.choice("inner", default: MethodSpec("none"))
    #expect(inner.name == "sgd")
    #expect(try options.integer("every", default: 1) == 5)
    #expect(try options.flag("on", default: false))
    #expect(try options.numbers("l", default: []) == [1, 2])
    try options.finish("lookahead")
    inner = try MethodSpec(parsing: inner.description)
    #expect(inner.description == "sgd(learningRate: 0.1, momentum: 0.9)")
  }

  @Test(arguments: [
    "", "a(", "a(b:)", "a(b: 1, c)", "a(b c)", "[a: b: c]", "a(b:1", "a)", "a(b:1,b:2)", "a b", "a(b: [1", "(",
    "😀(🎈: 1)",
  ])
  func brokenChoicesAreErrors(_ text: String) {
    #expect(throws: ConfigurationError.self) { try MethodSpec(parsing: text) }
  }

  @Test(arguments: [
    ("'a b.npz'", "a b.npz"), (#""a b.npz""#, "a b.npz"), ("'it''s'", "it's"),
    (#""say \"hi\" \\ \n\t\x41\u20ac""#, "say \"hi\" \\ \n\tA€"),
    ("'~/x@y%z(1).npz'", "~/x@y%z(1).npz"), ("~/data@home/50%.npz", "~/data@home/50%.npz"), ("''", ""), ("'12'", "12"),
    ("'[a, b]'", "[a, b]"), ("'f(x: 1)'", "f(x: 1)"), ("'a, b'", "a, b"), ("é.npz", "é.npz"), ("'\u{301}'", "\u{301}"),
    ("0.10", "0.10"), ("1e-3", "1e-3"), ("no", "no"), ("1.10", "1.10"), ("2024.10", "2024.10"), ("007", "007"),
  ]) func wordsArriveAsTheyAreWritten(_ written: String, _ read: String) throws {
    var options = try MethodSpec(parsing: "npz(path: \(written), classes: 3)").options
    let path = try options.text("path", default: "none")
    #expect(Array(path.unicodeScalars) == Array(read.unicodeScalars))
    #expect(try options.integer("classes", default: 0) == 3)
    try options.finish("npz")
  }

  @Test(arguments: ["'a", "\"a", "\"\\", "\"\\q\"", "\"\\x1\"", "\"\\u12\"", "\"\\x00\"", "'a' b", "a'b'", "'a'(b: 1)"])
  func brokenQuotesAreErrors(_ text: String) {
    #expect(throws: ConfigurationError.self) { try OptionValue(parsing: text) }
  }

  /// Whoever asks decides what a word means.
  @Test func spellingsOfNumbersAndFlags() throws {
    for word in ["0.10", "+0.1", ".1", "1e-1", "0.1"] {
      var options = try MethodSpec(parsing: "a(x: \(word), y: \(word), l: [\(word), 1])").options
      #expect(try options.number("x", default: 0) == 0.1)
      #expect(try options.text("y", default: "") == word)
      #expect(try options.numbers("l", default: []) == [0.1, 1])
    }
    for word in ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"] {
      var options = Options(["x": OptionValue(scalar: word), "y": OptionValue(scalar: word)])
      #expect(try options.flag("x", default: false))
      #expect(try options.text("y", default: "") == word)
    }
    for word in ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"] {
      var options = Options(["x": OptionValue(scalar: word)])
      #expect(try !options.flag("x", default: true))
    }
    for (word, number) in [(".inf", Double.infinity), ("-.inf", -.infinity), (".INF", .infinity), ("inf", .infinity)] {
      var options = Options(["x": OptionValue(scalar: word)])
      #expect(try options.number("x", default: 0) == number)
    }
    for word in ["tRuE", "y", "n", "1.2.3", "1_000", "--1"] { #expect(OptionValue(scalar: word) == .text(word)) }
    #expect(OptionValue(scalar: "nan") == OptionValue(scalar: "nan"))
  }

  @Test func aWordOfItsOwnStandsForWhatIsLeftOut() throws {
    var options = Options(["radius": .text("none"), "cutoff": .spelled("1e-3"), "wrong": .text("some")])
    #expect(try options.number("radius", or: "none") == nil)
    #expect(try options.number("cutoff", or: "automatic", in: 0...1) == 1e-3)
    #expect(try options.number("missing", or: "none") == nil)
    let error = #expect(throws: ConfigurationError.self) { try options.number("wrong", or: "none") }
    #expect(error?.description == "'wrong' takes a number or 'none', not a word (some)")
    #expect(try Options(["l": .text("none")]).readingChoices("l").isEmpty)
  }

  /// Any value is read back from how it is written, whatever its texts hold.
  @Test func whatIsWrittenIsReadBack() throws {
    var generator = RandomTexts(seed: 17)
    for _ in 0..<2000 {
      let text = generator.text()
      let inner = OptionValue.choice(MethodSpec("inner", Options(["t": .text(text), "s": .spelled("1e-3")])))
      let value = OptionValue.choice(
        MethodSpec("outer", Options(["a": .list([.text(text), .number(0.5), inner]), "b": .flag(true)])))
      let read = try OptionValue(parsing: value.description)
      #expect(read == value && read.description == value.description, "\(value.description)")
    }
  }

  @Test func deepNestingIsAnError() {
    let text = String(repeating: "a(b:", count: 10_000)
    #expect(throws: ConfigurationError.self) { try MethodSpec(parsing: text) }
    #expect(throws: ConfigurationError.self) { try MethodSpec(parsing: "a(b:" + String(repeating: "[", count: 10_000)) }
  }

  @Test func whatNobodyAskedForIsReportedWithTheNearestName() throws {
    var options = try MethodSpec(parsing: "sgd(momemtum: 0.9)", origin: "plan.yml:3").options
    _ = try options.number("momentum", default: 0)
    _ = try options.number("rate", default: 0)
    let error = #expect(throws: ConfigurationError.self) { try options.finish("sgd") }
    #expect(
      error?.description
        == "plan.yml:3: sgd has no setting 'momemtum': did you mean 'momentum'? (known: momentum, rate)")
  }

  @Test func valuesOfTheWrongKindOrSizeAreErrors() throws {
    var options = Options(["a": .text("x"), "b": .number(1.5), "c": .number(-1)])
    #expect(throws: ConfigurationError.self) { try options.number("a", default: 0) }
    #expect(throws: ConfigurationError.self) { try options.integer("b", default: 0) }
    #expect(throws: ConfigurationError.self) { try options.number("c", default: 0, in: 0...1) }
  }

  @Test func programsAddMethodsOfTheirOwn() throws {
    func add(_ types: any Configurable.Type...) throws(ConfigurationError) {
      try RegistryAdditions.add(types, to: "Color", builtIn: [Red.self])
    }
    #expect(RegistryAdditions.types(of: "Color").isEmpty)
    try add(DeepBlue.self)
    try add(DeepBlue.self)
    #expect(RegistryAdditions.types(of: "Color").map { $0.name } == ["deepBlue"])
    // However its words are joined, a name is taken; and nothing is added that isn't in order.
    let error = #expect(throws: ConfigurationError.self) { try add(Green.self, OtherRed.self) }
    #expect(error?.description == "OtherRed: the name 'RED' is taken: give your method another one")
    #expect(throws: ConfigurationError.self) { try add(OtherBlue.self) }
    #expect(throws: ConfigurationError.self) { try add(Nameless.self) }
    #expect(RegistryAdditions.types(of: "Color").map { $0.name } == ["deepBlue"])
    #expect(RegistryAdditions.types(of: "Shape").isEmpty)
  }
}

private protocol Color: Configurable {
  init()
  static var word: String { get }
}
extension Color {
  static var declaration: Declaration<Self> { Declaration(word, "a color", standard: Self()) }
}
private struct Red: Color { static let word = "red" }
private struct Green: Color { static let word = "green" }
private struct DeepBlue: Color { static let word = "deepBlue" }
private struct OtherRed: Color { static let word = "RED" }
private struct OtherBlue: Color { static let word = "deep-blue" }
private struct Nameless: Color { static let word = "no name" }

extension Options {
  fileprivate func readingChoices(_ key: String) throws -> [MethodSpec] {
    var copy = self
    return try copy.choices(key, default: [MethodSpec("default")])
  }
}

/// Texts that are hard to write down: quotes, brackets, controls, marks that join what is before them.
private struct RandomTexts {
  private var state: UInt64
  private static let parts: [Unicode.Scalar] = Array(
    "aZ09 _-+./*~@%'\"\\()[]{},:;#&!|>?=<^$`\n\r\t\u{1}\u{7f}\u{85}\u{a0}é\u{301}\u{feff}\u{2028}\u{fffe}漢😀\u{200d}"
      .unicodeScalars)

  init(seed: UInt64) { state = seed }

  mutating func text() -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<next(below: 9) { text.append(Self.parts[next(below: Self.parts.count)]) }
    return String(text)
  }

  private mutating func next(below count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(count))
  }
}
