import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct RegistryTests {
  static let types: [any Configurable.Type] =
    Registry<any Activation>.all.types + Registry<any Initializer>.all.types + Registry<any Loss>.all.types
    + Registry<any Metric>.all.types + Registry<any Penalty>.all.types + Registry<any Architecture>.all.types
    + Registry<any ComposableLayer>.all.types
  static let typeNames = Set(types.map { "\($0)" }).sorted()

  /// Settings that have no default.
  static let required: [String: OptionValue] = [
    "layers": .list([.text("relu")]), "layer": .text("relu"), "as": .text("other"), "count": .number(2),
  ]

  static func complete(_ type: any Configurable.Type, _ options: Options = Options()) throws -> Options {
    var options = options
    for parameter in type.parameters where parameter.defaultValue.isEmpty && !options.has(parameter.name) {
      try options.set(parameter.name, #require(Self.required[parameter.name]))
    }
    return options
  }

  static func made(_ type: any Configurable.Type, _ options: Options) throws -> any Configurable {
    var options = try complete(type, options)
    let method = try type.init(from: &options)
    try options.finish(type.name)
    return method
  }

  /// Help texts list exactly the settings that can be set.
  @Test(arguments: typeNames)
  func documentedSettingsAreTheSettings(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    #expect(!type.summary.isEmpty)
    for parameter in type.parameters { #expect(!parameter.meaning.isEmpty && !parameter.allowed.isEmpty) }

    var unknown = try Self.complete(type, Options(["thereIsNoSuchSetting": .number(1)]))
    _ = try type.init(from: &unknown)
    let error = #expect(throws: ConfigurationError.self) { try unknown.finish(type.name) }
    guard case .unknownKey(_, _, let known, _) = error else { return }
    #expect(known == type.parameters.map(\.name).sorted())
  }

  /// The default in help texts is the value that is used if a setting is left out, and isn't written.
  @Test(arguments: typeNames)
  func documentedDefaultsAreTheDefaults(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    let standard = try Self.made(type, Options())
    let plain = try MethodSpec(type.name, Self.complete(type))
    #expect(try standard.spec() == plain)
    if plain.options.isEmpty { #expect(try OptionValue(method: standard) == .text(type.name)) }
    for parameter in type.parameters where !parameter.defaultValue.isEmpty {
      let value = try OptionValue(parsing: parameter.defaultValue)
      let explicit = try Self.made(type, Options([parameter.name: value]))
      #expect("\(explicit)" == "\(standard)", "\(parameter.name)")
      #expect(try explicit.spec() == plain, "\(parameter.name)")
    }
  }

  /// Values of all kinds; each setting takes some of them.
  private static let samples = [
    "-1", "0", "0.25", "3", "22", "true", "false", "[3, 5]", "tanh", "leakyRelu(slope: 0.5)", "heUniform",
    "varianceScaling(mode: fanOut)", "huber(delta: 2)", "focal(gamma: 1)",
    "summed(loss: klDivergence(of: logProbabilities))",
    "cosine(initial: 0.5)", "'(scale|bias)$'", "[conv2D(8, [3, 1], padding: [1, 2, 3, 4]), residual([relu])]",
    "gru(8, reset: before)", "other2", "same",
  ]

  /// Whatever a setting is changed to, the method is written with that setting alone, and reads as the same method.
  @Test(arguments: typeNames)
  func methodsAreReadAsTheyAreWritten(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    let standard = try Self.made(type, Options())
    func check(_ options: Options) throws {
      let method = try Self.made(type, options)
      let choice = try method.spec()
      #expect(choice.name == type.name)
      #expect(try choice.options.pairs.map(\.key) == Self.complete(type, options).pairs.map(\.key))
      let again = try Self.made(type, MethodSpec(parsing: choice.description).options)
      #expect("\(again)" == "\(method)")
      #expect(try again.spec() == choice)
    }
    var changes: [String: OptionValue] = [:]
    for parameter in type.parameters {
      for sample in Self.samples + parameter.allowed.split(separator: ", ").map(String.init) {
        guard let value = try? OptionValue(parsing: sample),
          let method = try? Self.made(type, Options([parameter.name: value])), "\(method)" != "\(standard)"
        else { continue }
        try check(Options([parameter.name: value]))
        changes[parameter.name] = value
      }
      #expect(changes[parameter.name] != nil, "no sample changes '\(parameter.name)'")
    }
    try check(Options(changes))
  }

  /// Values made in Swift are written too; what has no notation says so.
  @Test func valuesAreWritten() throws {
    let network = CNNArchitecture(filters: [6, 16], size: 5, hidden: [120, 84], activation: HSwish(n: 3))
    #expect(
      try network.spec().description == "cnn(activation: hSwish(n: 3), filters: [6, 16], hidden: [120, 84], size: 5)")
    #expect(
      try NineConvArchitecture(normalization: .pyTorch).spec().description
        == "nineConv(epsilon: 1e-05, momentum: 0.9, unbiased: true)")
    let flooded = MeanSquaredError().flooded(at: CosineSchedule(0.02), reporting: .raw)
    #expect(
      try flooded.spec().description
        == "flooded(at: cosine(initial: 0.02), loss: meanSquaredError, reporting: raw)")
    let nameless = SoftmaxCrossEntropy().flooded(at: Tensor(0.5))
    #expect(throws: ConfigurationError.self) { try nameless.spec() }
  }
}
