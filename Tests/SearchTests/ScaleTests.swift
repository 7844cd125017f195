import Configuration
import Search
import TestSupport
import Testing

/// Scales read from plans, their values, and the way back to coordinates.
@Suite(.tags(.unit)) struct ScaleTests {
  private func scale(_ text: String) throws -> any SearchScale {
    try Registry<any SearchScale>.all.scale(OptionValue(parsing: text), origin: "plan.yml:7")
  }

  static let scales = [
    "log(0.0001, 1)", "log(1, 1.001)", "log(5e-324, 1e308)", "linear(0, 0.9)", "linear(-3, 1e9)",
    "linear(0.9, 0.900001)", "integer(-5, 5)", "integer(16, 512, log: true)", "integer(1, 2)",
    "choice(relu, swish, sgd(learningRate: 0.1))", "choice(0.5, true, none)",
    "choice(a, b, c, d, e, f, g, h, i, j)",
  ]

  /// What a plan holds of a trial is text; the value and its place on the scale come back from it.
  @Test(arguments: scales) func valuesReadBack(_ text: String) throws {
    let scale = try scale(text)
    var distinct: Set<OptionValue> = []
    for step in 0...1000 {
      let coordinate = Double(step) / 1000
      let value = scale.value(at: coordinate)
      distinct.insert(value)
      let read = try OptionValue(parsing: value.description)
      #expect(read.meaning == value.meaning)
      let back = try #require(scale.coordinate(of: read))
      #expect((0...1).contains(back))
      #expect(scale.value(at: back) == value)
      let cell = scale.cell(around: coordinate)
      let width = cell.upperBound - cell.lowerBound
      // Four digits are enough to find the place again.
      #expect(width == 0 ? abs(back - coordinate) < 1e-3 : cell.contains(back), "\(value)")
    }
    #expect(distinct.count == 1001 || scale.choiceCount != nil || text.hasPrefix("integer"))
  }

  @Test(arguments: scales) func notationReadsBack(_ text: String) throws {
    let scale = try scale(text)
    let again = try self.scale(scale.notation)
    #expect(again.notation == scale.notation)
    #expect(try again.spec() == scale.spec())
  }

  @Test func notationIsWhatPeopleWrite() throws {
    #expect(try scale("log(1e-4, 1)").notation == "log(0.0001, 1)")
    #expect(try scale("linear(low: 0, high: 0.9)").notation == "linear(0, 0.9)")
    #expect(try scale("integer(16, 512, log: true)").notation == "integer(16, 512, log: true)")
    #expect(try scale("choice([relu, swish])").notation == "choice(relu, swish)")
    #expect(try scale("choice([16, 16], [32])").notation == "choice([16, 16], [32])")
    #expect(try scale("choice(values: [relu, swish])").notation == "choice(relu, swish)")
  }

  @Test func valuesLieEvenly() throws {
    let rate = try scale("log(1e-4, 1)")
    #expect([0, 0.25, 0.5, 0.75, 1].map { rate.value(at: $0).description } == ["0.0001", "0.001", "0.01", "0.1", "1"])
    // 0.0001 × 10^(4 × 0.3333) has four digits.
    #expect(rate.value(at: 0.3333).description == "0.002154")
    #expect(try scale("linear(0, 0.9)").value(at: 1 / 3.0).description == "0.3")
    // Every whole number has as large a share as its neighbours, the ends included.
    let sizes = try scale("integer(3, 6)")
    let counts = (0..<4000).reduce(into: [OptionValue: Int]()) {
      $0[sizes.value(at: (Double($1) + 0.5) / 4000), default: 0] += 1
    }
    #expect(counts == [.number(3): 1000, .number(4): 1000, .number(5): 1000, .number(6): 1000])
    #expect([-1, 2, .nan].map { sizes.value(at: $0) } == [.number(3), .number(6), .number(3)])
  }

  @Test func othersValuesAreNotOnTheScale() throws {
    #expect(try scale("log(1e-4, 1)").coordinate(of: .number(2)) == nil)
    #expect(try scale("log(1e-4, 1)").coordinate(of: .text("fast")) == nil)
    #expect(try scale("integer(1, 5)").coordinate(of: .number(2.5)) == nil)
    #expect(try scale("choice(a, b)").coordinate(of: .text("c")) == nil)
    #expect(try scale("choice(0.1, b)").coordinate(of: .spelled("0.10")) == 0.25)
  }

  @Test(arguments: [
    ("log(1, 1e-4)", "reversed"), ("linear(1, 0)", "reversed"), ("integer(9, 2)", "reversed"),
    ("log(0, 1)", "begins above 0"), ("integer(0, 8, log: true)", "begins above 0"), ("linear(0.5, 0.5)", "two values"),
    ("log(2, 2)", "two values"), ("integer(4, 4)", "two values"), ("choice(relu)", "two values"),
    ("choice(0.1, 0.10)", "listed twice"), ("linear(-1e308, 1e308)", "finite ends"), ("linear(0, .inf)", "finite"),
    ("log(1e-4)", "write both ends"), ("lgo(1e-4, 1)", "did you mean 'log'"), ("integer(1.5, 3)", "whole number"),
    ("0.1", "a scale such as"), ("relu", "there is no search scale"), ("choice", "two values"),
    ("linear(0, 1, 2)", "doesn't know what '2' is"), ("choice(a, b, log: true)", "doesn't know what"),
  ]) func mistakesAreReportedWithTheirPlace(_ text: String, _ expected: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try scale(text) }
    let description = try #require(error).description
    #expect(description.contains(expected), "\(description)")
    #expect(description.hasPrefix("plan.yml:7"), "\(description)")
  }

  @Test func spacesAreChecked() throws {
    #expect(throws: SearchError.noSettings) { try SearchSpace([]) }
    #expect(throws: SearchError.duplicateSetting("a")) {
      try SearchSpace([("a", LinearScale(0, 1)), ("a", LinearScale(0, 1))])
    }
    #expect(throws: SearchError.reversedRange(low: 1, high: 0)) { try SearchSpace([("a", LinearScale(1, 0))]) }
    #expect(throws: SearchError.emptyRange("choice()")) { try SearchSpace([("a", ChoiceScale([]))]) }
    let space = try SearchSpace([("a", LinearScale(0, 1)), ("b", IntegerScale(1, 4))])
    #expect(throws: SearchError.wrongCount(what: "coordinates", expected: 2, found: 1)) { try space.values(at: [0]) }
    #expect(throws: SearchError.notOnScale(setting: "b", value: "9", scale: "integer(1, 4)")) {
      try space.point(of: [.number(0), .number(9)])
    }
    #expect(try space.point(of: [.number(0.25), .number(4)]) == [0.25, 0.875])
  }

  @Test func edgesAreFound() throws {
    let space = try SearchSpace([
      ("rate", LogScale(1e-4, 1)), ("units", IntegerScale(1, 100)),
      ("activation", ChoiceScale([.text("a"), .text("b")])),
    ])
    func edges(_ rate: Double, _ units: Double) throws -> [String] {
      try space.settingsAtEdge(of: [.number(rate), .number(units), .text("a")]).map { "\($0.setting) \($0.isLow)" }
    }
    #expect(try edges(0.01, 50).isEmpty)
    // A twentieth of four decades ends at 10^-3.8.
    #expect(try edges(1.58e-4, 99) == ["rate true"])
    #expect(try edges(1.6e-4, 100) == ["units false"])
    #expect(try edges(0.7, 1) == ["rate false", "units true"])
  }
}
