@_exported import Configuration
@_exported import Tensors

/// What an echo state network is made of, before any number is drawn.
///
/// With the state x, input u, and what is fed back z (the teacher's value or the last output):
/// `x' = (1 - a)·x + s·tanh(W·x + W_in·u + W_fb·z + b + noise)` and `z' = [x', 1]·W_out`, with the leak rate a and the
/// activation scale s, both 1 by default.
public struct Reservoir: Sendable, Hashable, Codable {
  /// How recurrent weights that aren't zero are drawn.
  public enum Values: String, Sendable, CaseIterable, Codable {
    /// From a normal distribution.
    case normal
    /// Uniform in -1…1.
    case uniform
    /// 1 or -1.
    case signs
  }

  /// How the recurrent weights get their size.
  public enum Scaling: Sendable, Hashable, Codable {
    /// Times `g / sqrt(connectivity·units)`, which for normal values makes g about the spectral radius.
    case gain(Double)
    /// To this spectral radius.
    case spectralRadius(Double)
  }

  /// Where the state's noise lies.
  public enum NoiseRange: String, Sendable, CaseIterable, Codable {
    /// In [0, s): its mean isn't 0.
    case positive
    /// In [-s, s), as Jaeger has it.
    case centred
  }

  /// How the recurrent product is computed.
  public enum Storage: String, Sendable, CaseIterable, Codable {
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

/// The settings that have names.
extension Reservoir {
  public static let settings: [Setting<Reservoir>] = [
    Setting("units", \.units, .integer(in: 1...20_000), "units of the reservoir"),
    Setting("connectivity", \.connectivity, .number(in: 1e-9...1), "fraction of recurrent weights that aren't 0"),
    Setting("gain", \.gain, .number(in: 0...1e6), "recurrent weights are multiplied by gain / √(connectivity·units)"),
    Setting(
      "radius", \.spectralRadius, .number(in: -1...1e6, or: "none"),
      "spectral radius to which recurrent weights are scaled instead"),
    Setting("weights", \.values, .word, "distribution of recurrent weights"),
    Setting("inputScale", \.inputScale, .number(in: 0...1e6), "input weights are uniform within ± this"),
    Setting("feedbackScale", \.feedbackScale, .number(in: 0...1e6), "feedback weights are uniform within ± this"),
    Setting("biasScale", \.biasScale, .number(in: 0...1e6), "biases are uniform within ± this"),
    Setting("leak", \.leakRate, .number(in: 0...1), "leak rate a: x' = (1 - a)·x + a·tanh(…)"),
    Setting(
      "activationScale", \.activationScale, .number(in: 0...1e6, or: "leak"),
      "factor of tanh in place of the leak rate"),
    Setting("noise", \.noise, .number(in: 0...1e6), "amplitude s of uniform noise within tanh"),
    Setting("noiseRange", \.noiseRange, .word, "positive: noise in [0, s); centred: in [-s, s)"),
    Setting(
      "correctsLastOutput", \.correctsLastOutput, .flag,
      "whether the last output is computed again with the new readout"),
    Setting("storage", \.storage, .word, "how the recurrent product is computed"),
  ]

  /// The gain, which is 1 where a spectral radius is given.
  private var gain: Double {
    get { if case .gain(let gain) = scaling { gain } else { 1 } }
    set { scaling = .gain(newValue) }
  }

  /// The spectral radius, nil where a gain is given; nil leaves the gain as it is.
  private var spectralRadius: Double? {
    get { if case .spectralRadius(let radius) = scaling { radius } else { nil } }
    set { if let newValue { scaling = .spectralRadius(newValue) } }
  }
}

extension SettingFormat where Value == Double? {
  /// A number of 0 or more in a range, or `word` for nil.
  ///
  /// Where the range begins below 0, a negative number stands for nil, as earlier versions wrote it.
  static func number(in range: ClosedRange<Double>, or word: String) -> SettingFormat {
    let written = SettingFormat<Double>.number(in: max(0, range.lowerBound)...range.upperBound)
    return SettingFormat(
      "\(written.allowed), or \(word)",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let isSet = options.has(key)
        let number = try options.number(key, or: word, in: range)
        return isSet ? number.flatMap { $0 < 0 ? nil : $0 } : fallback
      },
      write: { $0.map(OptionValue.number) ?? .text(word) })
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
