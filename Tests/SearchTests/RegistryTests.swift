import Configuration
import Search
import TestSupport
import Testing

@Suite(.tags(.unit)) struct RegistryTests {
  @Test func methodsHaveTheirNames() {
    #expect(Registry<any Sampler>.all.names == ["halton", "random", "sobol", "tpe"])
    #expect(Registry<any SearchScale>.all.names == ["choice", "integer", "linear", "log"])
    #expect(Registry<any Pruner>.all.names == ["halving", "hyperband", "none"])
  }

  @Test(arguments: [
    "halton", "halton(scramble: false)", "sobol(scramble: false)", "random", "tpe(batch: 4, startup: 20, top: 0.2)",
    "tpe(candidates: 48, multivariate: false)",
  ]) func samplersAreWrittenBack(_ text: String) throws {
    #expect(try Registry<any Sampler>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  @Test(arguments: ["none", "halving(first: 2, reduction: 4)", "hyperband", "hyperband(reduction: 4)"])
  func prunersAreWrittenBack(_ text: String) throws {
    #expect(try Registry<any Pruner>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  /// What help texts say can be set, can.
  @Test func documentedSettingsAreTheSettings() throws {
    let types = Registry<any Sampler>.all.types + Registry<any Pruner>.all.types
    for type in types {
      #expect(!type.summary.isEmpty)
      let defaults = try type.parameters.map { ($0.name, try OptionValue(parsing: $0.defaultValue)) }
      var options = Options(Dictionary(uniqueKeysWithValues: defaults))
      _ = try type.init(from: &options)
      try options.finish(type.name)
      for parameter in type.parameters { #expect(!parameter.meaning.isEmpty) }
    }
    #expect(throws: ConfigurationError.self) {
      try Registry<any Sampler>.all.build(MethodSpec(parsing: "halton(scrambled: true)"))
    }
  }
}
