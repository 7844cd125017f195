@_exported import Configuration
@_exported import Tensors

/// What an echo state network is made of, before any number is drawn.
///
/// With the state x, input u, and what is fed back z (the teacher's value or the last output):
/// `x' = (1 - a)·x + s·tanh(W·x + W_in·u + W_fb·z + b + noise)` and `z' = [x', 1]·W_out`, with the leak rate a and the
/// activation scale s, both 1 by default.
public struct Reservoir: Sendable, Hashable {
  /// How recurrent weights that aren't zero are drawn.
  public enum Values: String, Sendable, CaseIterable {
    /// From a normal distribution.
    case normal
    /// Uniform in -1…1.
    case uniform
    /// 1 or -1.
    case signs
  }

  /// How the recurrent weights get their size.
  public enum Scaling: Sendable, Hashable {
    /// Times `g / sqrt(connectivity·units)`, which for normal values makes g about the spectral radius.
    case gain(Double)
    /// To this spectral radius.
    case spectralRadius(Double)
  }

  /// Where the state's noise lies.
  public enum NoiseRange: String, Sendable, CaseIterable {
    /// In [0, s): its mean isn't 0.
    case positive
    /// In [-s, s), as Jaeger has it.
    case centred
  }

  /// How the recurrent product is computed.
  public enum Storage: String, Sendable, CaseIterable {
    /// Sparse on the CPU, dense elsewhere, and where most weights are there.
    case automatic
    case sparse, dense
  }

  public var units: Int
  public var inputs: Int
  public var outputs: Int
  public var feedback: Bool
  /// The share of recurrent weights that aren't 0.
  public var connectivity = 0.1
  public var scaling = Scaling.gain(1)
  public var values = Values.normal
  /// Input weights are uniform within ± this.
  public var inputScale = 0.5
  /// Feedback weights are uniform within ± this.
  public var feedbackScale = 1.0
  /// Biases are uniform within ± this.
  public var biasScale = 0.0
  /// The share of the old state that a step forgets.
  public var leakRate = 1.0
  /// The factor of tanh in a step; nil for the leak rate. Jaeger's leaky integrator units with a time step of their own have
  /// both.
  public var activationScale: Double?
  public var noise = 0.0
  public var noiseRange = NoiseRange.positive
  public var storage = Storage.automatic
  public var dtype = DType.float64
  /// Whether ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` computes the last output again with the new
  /// readout (the output correction).
  public var correctsLastOutput = true

  /// - Parameter feedback: whether the output is fed back.
  public init(units: Int, inputs: Int = 0, outputs: Int = 1, feedback: Bool = false) {
    (self.units, self.inputs, self.outputs, self.feedback) = (units, inputs, outputs, feedback)
  }

  /// What a step retains of the old state, and what it adds of tanh.
  var leak: (retained: Double, added: Double) { (1 - leakRate, activationScale ?? leakRate) }

  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``.
  public func check() throws(ReservoirError) {
    func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ allowed: String) throws(ReservoirError)
    {
      guard range.contains(value) else { throw .setting(name: name, value: "\(value)", allowed: allowed) }
    }
    let bound = 1e100
    try check("units", Double(units), 1...100_000, "in 1...100000")
    try check("inputs", Double(inputs), 0...100_000, "in 0...100000")
    try check("outputs", Double(outputs), 1...100_000, "in 1...100000")
    try check("connectivity", connectivity, 1e-9...1, "above 0 and at most 1")
    switch scaling {
    case .gain(let gain): try check("gain", gain, 0...bound, "0 or more")
    case .spectralRadius(let radius): try check("radius", radius, 0...bound, "0 or more")
    }
    for (name, value) in [
      ("inputScale", inputScale), ("feedbackScale", feedbackScale), ("biasScale", biasScale), ("noise", noise),
    ] { try check(name, value, 0...bound, "0 or more") }
    try check("leakRate", leakRate, 0...1, "in 0...1")
    if let activationScale { try check("activationScale", activationScale, 0...bound, "0 or more") }
    guard [.float64, .float32].contains(dtype) else {
      throw .setting(name: "dtype", value: dtype.rawValue, allowed: "float64 or float32")
    }
  }
}

/// Reading the settings that have names.
extension Reservoir {
  /// The settings that have names.
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
    leakRate = try options.number("leak", default: 1, in: 0...1)
    activationScale = try options.number("taken", or: "leak", in: 0...1e6)
    noise = try options.number("noise", default: noise, in: 0...1e6)
    noiseRange = try options.oneOf("noiseRange", default: noiseRange)
    correctsLastOutput = try options.flag("fixup", default: correctsLastOutput)
    storage = try options.oneOf("storage", default: storage)
  }
}

extension Reservoir {
  /// Noise for each sequence and step, or nil if there is none.
  func noise(_ sequences: Int, _ steps: Int, from stream: inout UniformStream) -> Tensor? {
    guard noise > 0 else { return nil }
    let unit = stream.noise([sequences, steps, units])
    let scaled = noiseRange == .positive ? unit * noise : (unit * 2 - 1) * noise
    return scaled.cast(to: dtype)
  }
}
