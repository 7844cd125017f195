extension Reservoir {
  /// The settings that have names, for help texts.
  public static let parameters = [
    Parameter("units", default: 1000, "units of the reservoir"),
    Parameter("connectivity", default: 0.1, "the share of recurrent weights that aren't 0"),
    Parameter("gain", default: 1, "recurrent weights are multiplied by gain/sqrt(connectivity·units)"),
    Parameter("radius", default: "none", "scales recurrent weights to this spectral radius instead"),
    Parameter("weights", default: "normal", "how recurrent weights are drawn: normal, uniform or signs"),
    Parameter("inputScale", default: 0.5, "input weights are uniform within this"),
    Parameter("feedbackScale", default: 1, "feedback weights are uniform within this"),
    Parameter("biasScale", default: 0, "biases are uniform within this"),
    Parameter("leak", default: 1, "x' = (1 - leak)·x + leak·tanh(…)"),
    Parameter("taken", default: "leak", "another factor of tanh"),
    Parameter("noise", default: 0, "uniform noise within tanh"),
    Parameter("noiseRange", default: "positive", "noise in [0, s) or centred, in [-s, s)"),
    Parameter("fixup", default: true, "computes the last output again with the new readout"),
    Parameter("storage", default: "automatic", "how the recurrent product is computed: sparse or dense"),
  ]

  /// Reads the settings that have names.
  /// - Throws: `ConfigurationError` for values of the wrong kind or out of range.
  public init(
    from options: inout Options, inputs: Int = 0, outputs: Int = 1, feedback: Bool = false
  ) throws(ConfigurationError) {
    self.init(
      units: try options.integer("units", default: 1000, in: 1...20_000), inputs: inputs, outputs: outputs,
      feedback: feedback)
    connectivity = try options.number("connectivity", default: connectivity, in: 1e-9...1)
    let gain = try options.number("gain", default: 1, in: 0...1e6)
    let radius = try options.number("radius", or: "none", in: -1...1e6)
    scaling = radius.flatMap { $0 >= 0 ? .spectralRadius($0) : nil } ?? .gain(gain)
    values = try options.oneOf("weights", default: values)
    inputScale = try options.number("inputScale", default: inputScale, in: 0...1e6)
    feedbackScale = try options.number("feedbackScale", default: feedbackScale, in: 0...1e6)
    biasScale = try options.number("biasScale", default: biasScale, in: 0...1e6)
    setLeak(try options.number("leak", default: 1, in: 0...1))
    taken = try options.number("taken", or: "leak", in: 0...1e6) ?? taken
    noise = try options.number("noise", default: noise, in: 0...1e6)
    noiseRange = try options.oneOf("noiseRange", default: noiseRange)
    fixesLastOutput = try options.flag("fixup", default: fixesLastOutput)
    storage = try options.oneOf("storage", default: storage)
  }
}
