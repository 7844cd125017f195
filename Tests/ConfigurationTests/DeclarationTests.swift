import TestSupport
import Testing

@testable import Configuration

/// A method with a setting of every kind.
private struct Sample: Configurable {
  enum Style: String, CaseIterable { case torch, keras }

  struct Part: Hashable {
    var gain = 1.0
    static let settings: [Setting<Part>] = [Setting("gain", \.gain, .positive, "gain")]
  }

  static let declaration = Declaration(
    "lamb", "a sample under the name of a method whose settings were renamed", standard: Sample(),
    reference: Reference("Nobody", 2000, "Nothing", "https://example.org"),
    settings: [
      .preset("style", \.style, .word, "whose defaults", standard: { Sample(style: $0) }),
      Setting("learningRate", \.learningRate, .nonNegative, "learning rate η"),
      Setting("weightDecay", \.weightDecay, .number(in: 0...1), "weight decay λ"),
      Setting("count", \.count, .integer(in: 1...10), "count"), Setting("isOn", \.isOn, .flag, "whether it is on"),
      Setting("path", \.path, .text, "a file"), Setting("sizes", \.sizes, .integers(in: 1...100), "sizes"),
      Setting("limit", \.limit, .optional(.positive, standing: 1), "the limit"),
    ] + Part.settings.of(\.part),
    check: { (sample, options) throws(ConfigurationError) in
      guard sample.count == 10, !sample.isOn else { return }
      throw .invalid(message: "sample: ten need to be on", origin: options.origin)
    })

  var style: Style
  var learningRate: Double
  var weightDecay: Double
  var count: Int
  var isOn = false
  var path = ""
  var sizes = [1, 2]
  var limit: Double?
  var part = Part()

  init(style: Style = .torch, learningRate: Double? = nil, weightDecay: Double = 0, count: Int = 3) {
    self.style = style
    self.learningRate = learningRate ?? (style == .torch ? 0.1 : 0.001)
    self.weightDecay = weightDecay
    self.count = count
  }
}

/// What follows from a method's declaration.
@Suite(.tags(.unit)) struct DeclarationTests {
  private func read(_ text: String) throws -> Sample {
    var options = try MethodSpec(parsing: text).options
    let sample = try Sample(from: &options)
    try options.finish("lamb")
    return sample
  }

  @Test(arguments: [
    "lamb", "lamb(learningRate: 0.5)", "lamb(style: keras)", "lamb(learningRate: 0.1, style: keras)",
    "lamb(count: 4, isOn: true, path: '1.0')", "lamb(sizes: [3])", "lamb(gain: 2, limit: 0.5)",
    "lamb(weightDecay: 0.001)",
  ]) func whatDiffersFromTheDefaultIsWrittenBack(_ text: String) throws {
    let written = try read(text).spec()
    #expect(written == (try MethodSpec(parsing: text)))
    #expect(try read(written.description).spec() == written)
  }

  @Test func defaultsAreNotWritten() throws {
    #expect(
      try read("lamb(style: torch, learningRate: 0.10, count: 3, limit: none, gain: 1)").spec().description
        == "lamb")
    #expect(try read("lamb(style: keras, learningRate: 1e-3)").spec().description == "lamb(style: keras)")
  }

  @Test func helpShowsTheDefaultsThatAreUsed() {
    let shown = Sample.parameters.map { "\($0.name): \($0.defaultValue)" }
    #expect(
      shown == [
        "style: torch", "learningRate: 0.1", "weightDecay: 0", "count: 3", "isOn: false", "path: \"\"", "sizes: [1, 2]",
        "limit: none", "gain: 1",
      ])
    #expect(
      Sample.parameters.map(\.allowed).prefix(4) == ["torch, keras", "a finite number, 0 or more", "0 to 1", "1 to 10"])
  }

  @Test func settingsAreChecked() {
    for text in [
      "lamb(count: 0)", "lamb(learningRate: -1)", "lamb(gain: 0)", "lamb(limit: all)", "lamb(style: jax)",
    ] {
      #expect(throws: ConfigurationError.self) { try read(text) }
    }
    let error = #expect(throws: ConfigurationError.self) { try read("lamb(count: 10)") }
    #expect(error?.description == "sample: ten need to be on")
  }

  @Test func earlierNamesAreReadAndReported() throws {
    _ = RenamedSettings.takeNotes()
    #expect(
      try read("lamb(rate: 0.5, decay: 0.25)").spec().description == "lamb(learningRate: 0.5, weightDecay: 0.25)")
    #expect(
      RenamedSettings.takeNotes().sorted() == [
        "'decay' is deprecated: write 'weightDecay'", "'rate' is deprecated: write 'learningRate'",
      ])
    #expect(throws: ConfigurationError.duplicateKey(key: "learningRate", origin: "")) {
      try read("lamb(rate: 0.5, learningRate: 0.5)")
    }
  }

  @Test func anOverrideReplacesWhatHasAnotherName() throws {
    var options = Options(["optimizer": .choice(try MethodSpec(parsing: "lamb(learningRate: 0.5)"))])
    try options.override("optimizer.learningRate", .number(2), origin: "command line")
    #expect(options.description == "optimizer: lamb(learningRate: 2)")
  }

  @Test func whatHasNoNameIsAnError() {
    #expect(throws: ConfigurationError.self) { try OptionValue(method: 3) }
  }
}
