import Reservoirs
import TestSupport
import Testing

@testable import Plans

/// Every default that help shows can be written, and means what leaving it out means.
@Suite(.tags(.unit)) struct CatalogDefaultTests {
  static let kinds: [[any Catalogued.Type]] = [
    Catalog<any DataSource>.all.types, Catalog<any Architecture>.all.types, Catalog<any Activation>.all.types,
    Catalog<any Initializer>.all.types, Catalog<any Loss>.all.types, Catalog<any Penalty>.all.types,
    Catalog<any NamedPreprocessing>.all.types, Catalog<any Augmentation>.all.types, Catalog<any Metric>.all.types,
    Catalog<any GradientRule>.all.types, Catalog<any Optimizer>.all.types, Catalog<any NamedTransform>.all.types,
    Catalog<any NamedSchedule>.all.types, Catalog<any Averaging>.all.types, Catalog<any ReadoutRule>.all.types,
    Catalog<any Experiment>.all.types,
  ]

  /// What has to be named, and so has no default.
  private static let required = ["data": "digits", "path": "x.npz"]

  @Test func everyDefaultCanBeWritten() throws {
    var count = 0
    for type in Self.kinds.joined() {
      let needed = type.parameters.filter { $0.defaultValue.isEmpty }
      #expect(needed.allSatisfy { Self.required[$0.name] != nil }, "\(type.name): \(needed.map(\.name))")
      let given = needed.map { "\($0.name): \(Self.required[$0.name] ?? "")" }
      func make(_ settings: [String]) throws -> String {
        var options = try Choice(parsing: "\(type.name)(\((given + settings).joined(separator: ", ")))").options
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
          try options.set(key, .text(value))
        }
        #expect(throws: Never.self, "\(yaml)") { _ = try type.init(from: &options) }
      }
    }
    #expect(count > 200)
  }

  @Test(arguments: [
    "augmentation: none", "penalties: none", "preprocessing: none", "averaging: none", "rule: plain", "examples: all",
    "dtype: float32",
    "metrics: [accuracy]", "remainder: dropped", "draws: keyed", "untrained: false", "augmentation: []", "data: digits",
    "model: 'mlp(hidden: [100, 50], activation: relu)'",
  ]) func aRunsDefaultsCanBeWritten(_ text: String) throws {
    let read = try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
    if !text.hasPrefix("model") { #expect(read == RunConfiguration()) }
    var options = Options()
    try options.override(assignment: text.replacing(": ", with: "=", maxReplacements: 1).replacing("'", with: ""))
    #expect(try RunConfiguration(from: options) == read)
  }
}
