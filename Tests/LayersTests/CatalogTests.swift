import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct CatalogTests {
  static let types: [any Catalogued.Type] =
    Catalog<any Activation>.all.types + Catalog<any Initializer>.all.types + Catalog<any Loss>.all.types
    + Catalog<any Metric>.all.types + Catalog<any Penalty>.all.types + Catalog<any Architecture>.all.types

  /// What help texts say of a method is so: it has these settings and no others, and the defaults may be set.
  @Test(arguments: types.map { "\($0)" })
  func documentedSettingsAreTheSettings(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    #expect(!type.summary.isEmpty)
    for parameter in type.parameters { #expect(!parameter.meaning.isEmpty) }
    var options = Options()
    for parameter in type.parameters {
      // A list is read as one in the notation; other defaults are single words, whatever characters they have.
      let isList = parameter.defaultValue.hasPrefix("[")
      var read = isList ? try Choice(parsing: "any(value: \(parameter.defaultValue))").options : Options()
      try options.set(parameter.name, read.take("value") ?? OptionValue(scalar: parameter.defaultValue))
    }
    _ = try type.init(from: &options)
    try options.finish(type.name)

    var unknown = Options(["thereIsNoSuchSetting": .number(1)])
    _ = try type.init(from: &unknown)
    let error = #expect(throws: ConfigurationError.self) { try unknown.finish(type.name) }
    guard case .unknownKey(_, _, let known, _) = error else { return }
    #expect(known == type.parameters.map(\.name).sorted())
  }
}
