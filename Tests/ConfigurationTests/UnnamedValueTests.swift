import TestSupport
import Testing

@testable import Configuration

private struct Red: Configurable {
  static let declaration = Declaration(
    "red", "a color", standard: Red(), settings: [Setting("amount", \.amount, .number, "how much")])
  var amount = 1.0
}

private struct Mixed: Configurable {
  static let declaration = Declaration(
    "mixed", "colors", standard: Mixed(),
    settings: [
      Setting(
        "parts", \.parts, .methods(in: { Registry<any Configurable>(kind: "Color", [Red.self, Mixed.self]) }), "parts"),
      Setting("times", \.times, .integer(in: 1...10), "times"),
    ], unnamed: 2)
  var parts: [any Configurable] = []
  var times = 1
}

/// `conv2D(32)` for `conv2D(filters: 32)`.
@Suite(.tags(.unit)) struct UnnamedValueTests {
  /// A method's first settings need no name, and a list may hold `residual: […]`.
  @Test func valuesMayGoWithoutNames() throws {
    let choice = try MethodSpec(parsing: "ridge(0.5, scaled(2), inner: [a: [1, 2], b: c(3)], on: yes)")
    #expect(choice.description == "ridge(0.5, scaled(2), inner: [a([1, 2]), b(c(3))], on: yes)")
    #expect(try MethodSpec(parsing: choice.description) == choice)
    var options = choice.options
    try options.nameUnnamed(["alpha", "by"], of: "ridge")
    #expect(options.pairs.map(\.key) == ["alpha", "by", "inner", "on"])
    #expect(try options.number("alpha", default: 0) == 0.5)
    #expect(try options.choice("by", default: MethodSpec("")).description == "scaled(2)")

    var tooMany = choice.options
    let error = #expect(throws: ConfigurationError.self) { try tooMany.nameUnnamed(["alpha"], of: "ridge") }
    #expect(error?.description.contains("ridge doesn't know what 'scaled(2)' is") == true)
    var twice = try MethodSpec(parsing: "ridge(0.5, alpha: 1)").options
    #expect(throws: ConfigurationError.duplicateKey(key: "alpha", origin: "")) {
      try twice.nameUnnamed(["alpha"], of: "ridge")
    }
    #expect(throws: ConfigurationError.self) { try choice.options.finish("ridge") }
  }

  @Test func overridesReplaceValuesWithoutNames() throws {
    var options = try Options(["model": OptionValue(parsing: "ridge(0.5)")])
    try options.override("model.alpha", .number(2), origin: "arm")
    guard case .choice(let choice)? = try options.peek("model") else {
      Issue.record("no method")
      return
    }
    var inner = choice.options
    try inner.nameUnnamed(["alpha"], of: "ridge")
    #expect(try inner.number("alpha", default: 0) == 2)
  }

  @Test func resolvedMethodsHaveNamesForAllTheirSettings() throws {
    let registry = Registry<any Configurable>(kind: "Color", [Red.self, Mixed.self])
    for text in ["mixed([red(0.50), red(amount: 5e-1)], 2.0)", "mixed(parts: [red(0.5), red(0.5)], times: 2)"] {
      #expect(
        try registry.resolved(MethodSpec(parsing: text)).description
          == "mixed(parts: [red(amount: 0.5), red(amount: 0.5)], times: 2)")
    }
  }
}
