import Reservoirs
import Studies
import TestSupport
import Testing

/// Every method that can be chosen by name.
@Suite(.tags(.unit)) struct DeclarationTests {
  private static let registries: [[any Catalogued.Type]] = [
    Catalog<any Activation>.all.types,
    Catalog<any Initializer>.all.types,
    Catalog<any Loss>.all.types,
    Catalog<any Metric>.all.types,
    Catalog<any Penalty>.all.types,
    Catalog<any Architecture>.all.types,
    Catalog<any Optimizer>.all.types,
    Catalog<any NamedTransform>.all.types,
    Catalog<any GradientRule>.all.types,
    Catalog<any Averaging>.all.types,
    Catalog<any NamedSchedule>.all.types,
    Catalog<any DataSource>.all.types,
    Catalog<any NamedPreprocessing>.all.types,
    Catalog<any Augmentation>.all.types,
    Catalog<any ReadoutRule>.all.types,
    Catalog<any Experiment>.all.types,
  ]
  private static let types = registries.joined()

  /// Values of many kinds, one of which is none of a setting's default and allowed.
  private static func candidates(_ parameter: Parameter) -> [String] {
    parameter.allowed.split(separator: ",").map { $0.trimmingPrefix(" ").description }
      + [
        "0.25", "2", "7", "16", "0.5", "-1", "true", "false", "none", "all", "[2]", "[0.25]", "[2, 3]", "[bias]",
        "word",
      ]
      + ["adam", "sam", "tanh", "heUniform", "elastic", "digits", "mnist", "ridge", "l1l2", "cosine(initial: 0.5)"]
      + ["softmaxCrossEntropy(labelSmoothing: 0.1)", "[clipByNorm]"]
  }

  private static func written<Method: Catalogued>(_ type: Method.Type, _ text: String) -> Choice? {
    guard var options = try? Choice(parsing: text).options, let method = try? type.init(from: &options),
      (try? options.finish(type.name)) != nil
    else { return nil }
    return try? method.choice()
  }

  @Test func standardsAreTheirNames() throws {
    for type in Self.types { #expect(try type.standardChoice().description == type.name) }
  }

  @Test func everySettingIsWrittenBack() {
    for type in Self.types {
      for parameter in type.parameters {
        let choices = Self.candidates(parameter).compactMap {
          Self.written(type, "\(type.name)(\(parameter.name): \($0))")
        }
        let telling = choices.filter { $0.options.pairs.contains { $0.key == parameter.name } }
        #expect(!telling.isEmpty || choices.isEmpty, "\(type.name): \(parameter.name) is never written")
        for choice in choices { #expect(Self.written(type, choice.description) == choice, "\(choice)") }
      }
    }
  }

  @Test func referencesHaveLinks() {
    for type in Self.types {
      guard let reference = type.reference else { continue }
      #expect(
        reference.link.hasPrefix("https://") && !reference.title.isEmpty && (1900...2100).contains(reference.year))
    }
  }
}

extension Catalogued {
  fileprivate static func standardChoice() throws -> Choice { try declaration.standard.choice() }
}
