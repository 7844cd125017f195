import Reservoirs
import TestSupport
import Testing

@testable import Plans

/// Every default that help shows can be written, and means what leaving it out means.
@Suite(.tags(.unit)) struct RegistryDefaultTests {
  static let kinds: [[any Configurable.Type]] = [
    Registry<any DataSource>.all.types, Registry<any Architecture>.models.types, Registry<any Activation>.all.types,
    Registry<any Initializer>.all.types, Registry<any Loss>.all.types, Registry<any Penalty>.all.types,
    Registry<any NamedPreprocessing>.all.types, Registry<any Augmentation>.all.types, Registry<any Metric>.all.types,
    Registry<any GradientRule>.all.types, Registry<any Optimizer>.all.types, Registry<any NamedTransform>.all.types,
    Registry<any NamedSchedule>.all.types, Registry<any Averaging>.all.types, Registry<any ReadoutRule>.all.types,
    Registry<any GraphNode>.all.types,
    Registry<any Experiment>.all.types, Registry<any ComposableLayer>.all.types, Registry<any NamedCallback>.all.types,
  ]

  /// What has to be named, and so has no default.
  private static let required = [
    "data": "digits", "path": "x.npz", "target": "y", "layers": "[relu]", "layer": "relu", "as": "other", "count": "2",
    "network": "[input, ridge]",
  ]

  @Test func everyDefaultCanBeWritten() throws {
    var count = 0
    for type in Self.kinds.joined() {
      let needed = type.parameters.filter { $0.defaultValue.isEmpty }
      #expect(needed.allSatisfy { Self.required[$0.name] != nil }, "\(type.name): \(needed.map(\.name))")
      let given = needed.map { "\($0.name): \(Self.required[$0.name] ?? "")" }
      func make(_ settings: [String]) throws -> String {
        var options = try MethodSpec(parsing: "\(type.name)(\((given + settings).joined(separator: ", ")))").options
        let made = try type.init(from: &options)
        try options.finish(type.name)
        return "\(made)"
      }
      let plain = try make([])
      for parameter in type.parameters where !parameter.defaultValue.isEmpty {
        count += 1
        let written = "\(parameter.name): \(parameter.defaultValue)"
        do {
          #expect(try make([written]) == plain, "\(type.name)(\(written)) isn't \(type.name)")
        } catch {
          Issue.record("\(type.name)(\(written)): \(error)")
        }
        // As YAML, where words mean other things.
        let yaml = "x: {name: \(type.name), \(written)}"
        guard case .choice(let choice)? = try YAMLReader.options(text: yaml, source: "x.yml").pairs.first?.value else {
          Issue.record("\(yaml)")
          continue
        }
        var options = choice.options
        for (key, value) in Self.required where needed.contains(where: { $0.name == key }) {
          try options.set(key, OptionValue(parsing: value))
        }
        #expect(throws: Never.self, "\(yaml)") { _ = try type.init(from: &options) }
      }
    }
    #expect(count > 200)
  }

  @Test(arguments: [
    "augmentation: none", "penalties: none", "preprocessing: none", "averaging: none", "gradientRule: plain",
    "examples: all",
    "dtype: float32",
    "metrics: [accuracy]", "partialBatch: drop", "rng: keyed", "evaluateBeforeTraining: false", "augmentation: []",
    "data: digits",
    "model: 'mlp(hidden: [100, 50], activation: relu)'",
  ]) func aRunsDefaultsCanBeWritten(_ text: String) throws {
    let read = try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
    if !text.hasPrefix("model") { #expect(read == RunConfiguration()) }
    var options = Options()
    try options.override(assignment: text.replacing(": ", with: "=", maxReplacements: 1).replacing("'", with: ""))
    #expect(try RunConfiguration(from: options) == read)
  }
}
