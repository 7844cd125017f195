import Configuration
import Datasets
import TestSupport
import Testing

@Suite("Data sets and preprocessing by name", .tags(.unit))
struct RegistryTests {
  private static let types = Registry<any DataSource>.all.types + Registry<any NamedPreprocessing>.all.types

  private static let required: [String: OptionValue] = [
    "data": .text("digits"), "path": .text("a.npz"), "target": .text("y"),
  ]

  /// What help texts say of a method is so: it has these settings and no others.
  @Test(arguments: types.map { "\($0)" })
  func documentedSettingsAreTheSettings(_ typeName: String) throws {
    let type = try #require(Self.types.first { "\($0)" == typeName })
    #expect(!type.summary.isEmpty)
    var settings = [String: OptionValue]()
    for parameter in type.parameters {
      #expect(!parameter.meaning.isEmpty)
      if parameter.defaultValue.isEmpty {
        let value: OptionValue = try #require(Self.required[parameter.name])
        settings[parameter.name] = value
      } else {
        settings[parameter.name] = try OptionValue(parsing: parameter.defaultValue)
      }
    }
    var options = Options(settings)
    _ = try type.init(from: &options)
    try options.finish(type.name)
  }

  @Test(arguments: [
    "mackeyGlass(every: 5, method: rungeKutta, squashed: false, tau: 30)", "lorenz(step: 0.01, train: 10)",
    "narma(order: 20)", "sines(periods: [100, 30])", "sunspots(test: 12)", "cifar100(labels: coarse)",
    "npz(classes: 3, layout: channelsFirst, path: data.npz)", "syntheticDigits(seed: 4294967296, train: 10)",
    "heldOut(data: digits, seed: 3)", "subset(data: noisyLabels(data: mnist, kind: anyClass), test: 10)",
    "vowels", "kuramotoSivashinsky(length: 44, points: 128, step: 0.1)", "lorenz96(forcing: 10, sites: 8)",
    "henon(a: 1.2, every: 2)", "channel(snr: 12)", "delays(delays: 5)",
    "images(channels: grey, path: photos, resize: centerCrop, size: 224, unreadable: skip)",
  ]) func sourcesAreWrittenBack(_ text: String) throws {
    #expect(try Registry<any DataSource>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  @Test(arguments: ["samplewise(center: false)", "zcaWhitening(epsilon: 0.1)", "standardizedChannels(mean: [0.5])"])
  func preprocessingIsWrittenBack(_ text: String) throws {
    #expect(try Registry<any NamedPreprocessing>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  @Test func valuesAreWritten() throws {
    let source = SubsetSource(HeldOutSource(MNISTSource(), fraction: 0.25), train: 10)
    #expect(try source.spec().description == "subset(data: heldOut(data: mnist, fraction: 0.25), train: 10)")
  }

  @Test(arguments: ["subset", "heldOut(seed: 1)", "noisyLabels(fraction: 0.1)"])
  func derivedSourcesNeedADataSet(_ text: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try Registry<any DataSource>.all.build(MethodSpec(parsing: text))
    }
    #expect(error?.description.contains("(data: mnist)") == true)
  }

  @Test(arguments: [
    "npz", "npz(path: '')", "npy(path: '')", "images(path: a, size: 0)", "images(path: a, resize: stretch)",
    "sines(periods: [])", "kuramotoSivashinsky(points: 100)", "lorenz96(sites: 3)", "logistic(r: 5)",
    "standardizedChannels(deviation: [0])",
  ])
  func settingsThatAreInvalidAreErrors(_ text: String) {
    #expect(throws: ConfigurationError.self) {
      let choice = try MethodSpec(parsing: text)
      guard choice.name == "standardizedChannels" else {
        _ = try Registry<any DataSource>.all.build(choice)
        return
      }
      _ = try Registry<any NamedPreprocessing>.all.build(choice)
    }
  }
}
