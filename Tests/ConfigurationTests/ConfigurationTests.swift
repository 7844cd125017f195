import Testing

@testable import Configuration

@Suite struct ConfigurationTests {
  @Test func choicesAreRead() throws {
    let choice = try Choice(parsing: " lookahead( inner : sgd(rate=0.1, momentum: 0.9), every: 5, on: yes, l: [1, 2] ) ")
    var options = choice.options
    #expect(choice.name == "lookahead")
    var inner = try options.choice("inner", default: Choice("none"))
    #expect(inner.name == "sgd")
    #expect(try options.integer("every", default: 1) == 5)
    #expect(try options.flag("on", default: false))
    #expect(try options.numbers("l", default: []) == [1, 2])
    try options.finish("lookahead")
    inner = try Choice(parsing: inner.description)
    #expect(inner.description == "sgd(momentum: 0.9, rate: 0.1)")
  }

  @Test(arguments: ["", "a(", "a(b)", "a(b:)", "a(b:1", "a)", "a(b:1,b:2)", "a b", "a(b: [1", "(", "😀(🎈: 1)"])
  func brokenChoicesAreErrors(_ text: String) {
    #expect(throws: ConfigurationError.self) { try Choice(parsing: text) }
  }

  @Test func deepNestingIsAnError() {
    let text = String(repeating: "a(b:", count: 10_000)
    #expect(throws: ConfigurationError.self) { try Choice(parsing: text) }
    #expect(throws: ConfigurationError.self) { try Choice(parsing: "a(b:" + String(repeating: "[", count: 10_000)) }
  }

  @Test func whatNobodyAskedForIsReportedWithTheNearestName() throws {
    var options = try Choice(parsing: "sgd(momemtum: 0.9)", origin: "plan.yml:3").options
    _ = try options.number("momentum", default: 0)
    _ = try options.number("rate", default: 0)
    let error = #expect(throws: ConfigurationError.self) { try options.finish("sgd") }
    #expect(error?.description == "plan.yml:3: sgd has no setting 'momemtum': did you mean 'momentum'? (known: momentum, rate)")
  }

  @Test func valuesOfTheWrongKindOrSizeAreErrors() throws {
    var options = Options(["a": .text("x"), "b": .number(1.5), "c": .number(-1)])
    #expect(throws: ConfigurationError.self) { try options.number("a", default: 0) }
    #expect(throws: ConfigurationError.self) { try options.integer("b", default: 0) }
    #expect(throws: ConfigurationError.self) { try options.number("c", default: 0, in: 0...1) }
  }

  @Test func programsAddMethodsOfTheirOwn() throws {
    func add(_ types: any Catalogued.Type...) throws(ConfigurationError) {
      try CatalogAdditions.add(types, to: "Color", builtIn: [Red.self])
    }
    #expect(CatalogAdditions.types(of: "Color").isEmpty)
    try add(DeepBlue.self)
    try add(DeepBlue.self)
    #expect(CatalogAdditions.types(of: "Color").map { $0.name } == ["deepBlue"])
    // However its words are joined, a name is taken; and nothing is added that isn't in order.
    let error = #expect(throws: ConfigurationError.self) { try add(Green.self, OtherRed.self) }
    #expect(error?.description == "OtherRed: the name 'RED' is taken: give your method another one")
    #expect(throws: ConfigurationError.self) { try add(OtherBlue.self) }
    #expect(throws: ConfigurationError.self) { try add(Nameless.self) }
    #expect(CatalogAdditions.types(of: "Color").map { $0.name } == ["deepBlue"])
    #expect(CatalogAdditions.types(of: "Shape").isEmpty)
  }
}

private protocol Color: Catalogued { init() }
extension Color {
  static var summary: String { "a color" }
  init(from options: inout Options) throws(ConfigurationError) { self.init() }
}
private struct Red: Color { static let name = "red" }
private struct Green: Color { static let name = "green" }
private struct DeepBlue: Color { static let name = "deepBlue" }
private struct OtherRed: Color { static let name = "RED" }
private struct OtherBlue: Color { static let name = "deep-blue" }
private struct Nameless: Color { static let name = "no name" }
