import Augmentations
import Configuration
import TestSupport
import Testing

@Suite(.tags(.engine)) struct CatalogTests {
  static let types = Catalog<any Augmentation>.all.types

  /// What help texts say of an augmentation is so: it has these settings and no others.
  @Test(arguments: types.map { "\($0)" })
  func documentedSettingsAreTheSettings(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    #expect(!type.summary.isEmpty)
    for parameter in type.parameters { #expect(!parameter.meaning.isEmpty) }
    let defaults = try type.parameters.filter { $0.defaultValue != "none" }
      .map { ($0.name, try OptionValue(parsing: $0.defaultValue)) }
    var options = Options(Dictionary(uniqueKeysWithValues: defaults))
    _ = try type.init(from: &options)
    try options.finish(type.name)

    var unknown = Options(["thereIsNoSuchSetting": .number(1)])
    _ = try type.init(from: &unknown)
    let error = #expect(throws: ConfigurationError.self) { try unknown.finish(type.name) }
    guard case .unknownKey(_, _, let known, _) = error else { return }
    #expect(known == type.parameters.map(\.name).sorted())
  }
}
