import Reservoirs
import Studies
import TestSupport
import Testing

/// Every method that can be chosen by name.
@Suite(.tags(.unit)) struct DeclarationTests {
  private static let registries: [[any Configurable.Type]] = [
    Registry<any Activation>.all.types,
    Registry<any Initializer>.all.types,
    Registry<any Loss>.all.types,
    Registry<any Metric>.all.types,
    Registry<any Penalty>.all.types,
    Registry<any Architecture>.models.types,
    Registry<any Optimizer>.all.types,
    Registry<any NamedTransform>.all.types,
    Registry<any GradientRule>.all.types,
    Registry<any Averaging>.all.types,
    Registry<any NamedSchedule>.all.types,
    Registry<any DataSource>.all.types,
    Registry<any NamedPreprocessing>.all.types,
    Registry<any Augmentation>.all.types,
    Registry<any GraphNode>.all.types,
    Registry<any ReadoutRule>.all.types,
    Registry<any Experiment>.all.types,
    Registry<any ComposableLayer>.all.types,
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
      + ["softmaxCrossEntropy(labelSmoothing: 0.1)", "[clipByNorm]", "relu", "[relu]", "gru", "lion", "[group(bias)]"]
      + ["[unitNorm]", "[input, ridge]", "backpropagation(epochs: 2)"]
  }

  private static func written<Method: Configurable>(_ type: Method.Type, _ text: String) -> MethodSpec? {
    guard var options = try? MethodSpec(parsing: text).options, let method = try? type.init(from: &options),
      (try? options.finish(type.name)) != nil
    else { return nil }
    return try? method.spec()
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

extension Configurable {
  fileprivate static func standardChoice() throws -> MethodSpec { try declaration.standard.spec() }
}
