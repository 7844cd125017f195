import Augmentations
import Configuration
import TestSupport
import Testing

@Suite(.tags(.engine)) struct RegistryTests {
  static let types = Registry<any Augmentation>.all.types

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

  private func written(_ text: String) throws -> String {
    try Registry<any Augmentation>.all.build(MethodSpec(parsing: text)).spec().description
  }

  /// What differs from the defaults, in the notation that reads it.
  @Test(arguments: [
    "shift(height: [0, 2], width: 0.25)", "shift(fill: constant, fillValue: 3)", "zoom(range: [0.5, 1.5])",
    "rotation(degrees: 20, fill: reflect)", "verticalFlip(probability: 0.1)", "cutMix(alpha: 0.5, each: image)",
    "basic(padding: reflect)", "randomErasing(area: [0.1, 0.3], rule: original)", "medium(flip: true)", "strong",
    "randomResizedCrop(ratio: [0.5, 2], scale: [0.5, 1])", "randAugment(interpolation: linear, magnitude: 12)",
    "augMix(color: false, depth: 2)", "gridMask(unit: [8, 16])", "gaussianBlur(sigma: [0.5, 1], size: 5)",
    "imageDataGenerator(horizontalFlip: true, widthShift: 0.1, zoom: [0.9, 1.1])",
  ]) func settingsAreWrittenBack(_ text: String) throws {
    #expect(try written(text) == text)
  }

  @Test func valuesAreWritten() throws {
    #expect(try Zoom(0.5...1.5).spec().description == "zoom(range: [0.5, 1.5])")
    #expect(try Shift(width: .init(2)).spec().description == "shift(width: [0, 1])")
    #expect(throws: ConfigurationError.self) { try Shift(width: .uniform(2)).spec() }
    #expect(try RandomErasing(.original).spec().description == "randomErasing(rule: original)")
  }

  /// Rules had other names in earlier versions.
  @Test func earlierNamesOfRulesAreRead() throws {
    #expect(try written("randomErasing(rule: article)") == "randomErasing")
    #expect(try written("randomErasing(rule: paper)") == "randomErasing(rule: original)")
  }
}
