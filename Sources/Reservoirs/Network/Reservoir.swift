@_exported import Configuration
import Layers
@_exported import Tensors

/// What an echo state network is made of, before any number is drawn.
///
/// With the state x, input u, and what is fed back z (the teacher's value or the last output):
/// `x' = (1 - a)·x + s·tanh(W·x + W_in·u + W_fb·z + b + noise)` and `z' = [x', 1]·W_out`, with the leak rate a and the
/// activation scale s, both 1 by default. ``unit`` and ``activation`` change the first, ``squares`` the second.
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
  public var topology = Topology.random
  /// The units from one jump of ``Topology/cycleJumps`` to the next.
  public var jump = 3
  /// The weight of jumps and of the links back, where each unit reaches the next with 1.
  public var linkWeight = 1.0
  /// The share of a ``Topology/smallWorld``'s links that go elsewhere.
  public var rewired = 0.1
  /// γ of ``Topology/antisymmetric`` weights.
  public var diffusion = 0.0
  public var unit = Unit.leaky
  /// The name and settings of ``activation``.
  private(set) var activationText = Tanh.name
  /// Whether every second unit enters the readout as its square (Lu et al. 2017, Pathak et al. 2018); a
  /// network without biases is an odd function of its inputs otherwise.
  public var squares = false
  /// Input weights are within ± this.
  public var inputScale = 0.5
  /// The same for each input; empty for ``inputScale`` for all.
  public var inputScales: [Double] = []
  /// How input weights that aren't zero are drawn.
  public var inputValues = Values.uniform
  /// The share of input weights that aren't 0.
  public var inputConnectivity = 1.0
  /// Feedback weights are uniform within ± this.
  public var feedbackScale = 1.0
  /// Biases are uniform within ± this.
  public var biasScale = 0.0
  /// The share of the old state that a step forgets.
  public var leakRate = 1.0
  /// The factor of tanh in a step; nil for the leak rate. Jaeger's leaky integrator units with a time step of their own
  /// have both.
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

  /// The function of what reaches a unit, tanh by default; with its settings, any that has a name.
  public var activation: any Activation {
    get {
      if activationText == Tanh.name { return Tanh() }
      return (try? MethodSpec(parsing: activationText)).flatMap { try? Registry<any Activation>.all.build($0) }
        ?? Tanh()
    }
    set { activationText = (try? newValue.spec().description) ?? Tanh.name }
  }

  /// Each input's scale.
  var scalesOfInputs: [Double] {
    inputScales.isEmpty ? [Double](repeating: inputScale, count: inputs) : inputScales
  }

  /// What a step retains of the old state, and what it adds of tanh.
  var leak: (retained: Double, added: Double) { (1 - leakRate, activationScale ?? leakRate) }

  /// What keeps a step from having a derivative.
  var undifferentiable: ReservoirError? {
    unit == .spiking
      ? .setting(name: "unit", value: "spiking", allowed: "another, whose steps have a derivative") : nil
  }

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
    try check("inputConnectivity", inputConnectivity, 0...1, "in 0...1")
    try check("rewired", rewired, 0...1, "in 0...1")
    try check("jump", Double(jump), 1...Double(max(1, units)), "in 1...\(max(1, units))")
    try check("diffusion", diffusion, 0...bound, "0 or more")
    guard linkWeight.magnitude <= bound else {
      throw .setting(name: "linkWeight", value: "\(linkWeight)", allowed: "a finite number")
    }
    guard inputScales.isEmpty || inputScales.count == inputs, inputScales.allSatisfy({ $0.magnitude <= bound }) else {
      throw .setting(
        name: "inputScales", value: "\(inputScales)", allowed: "one finite number for each of \(inputs) inputs")
    }
    if let activationScale { try check("activationScale", activationScale, 0...bound, "0 or more") }
    guard [.float64, .float32].contains(dtype) else {
      throw .setting(name: "dtype", value: dtype.rawValue, allowed: "float64 or float32")
    }
  }
}

extension Reservoir {
  /// Settings that files of earlier versions don't have are at their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      units: try values.decode(Int.self, forKey: .units), inputs: try values.decode(Int.self, forKey: .inputs),
      outputs: try values.decode(Int.self, forKey: .outputs), feedback: try values.decode(Bool.self, forKey: .feedback))
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      value = try values.decode(Value.self, forKey: key)
    }
    func readIfThere<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if let found = try values.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    try read(.connectivity, into: &connectivity)
    try read(.scaling, into: &scaling)
    try read(.values, into: &self.values)
    try read(.inputScale, into: &inputScale)
    try read(.feedbackScale, into: &feedbackScale)
    try read(.biasScale, into: &biasScale)
    try read(.leakRate, into: &leakRate)
    activationScale = try values.decodeIfPresent(Double.self, forKey: .activationScale)
    try read(.noise, into: &noise)
    try read(.noiseRange, into: &noiseRange)
    try read(.storage, into: &storage)
    try read(.dtype, into: &dtype)
    try read(.correctsLastOutput, into: &correctsLastOutput)
    try readIfThere(.topology, into: &topology)
    try readIfThere(.jump, into: &jump)
    try readIfThere(.linkWeight, into: &linkWeight)
    try readIfThere(.rewired, into: &rewired)
    try readIfThere(.diffusion, into: &diffusion)
    try readIfThere(.unit, into: &unit)
    try readIfThere(.activationText, into: &activationText)
    try readIfThere(.squares, into: &squares)
    try readIfThere(.inputScales, into: &inputScales)
    try readIfThere(.inputValues, into: &inputValues)
    try readIfThere(.inputConnectivity, into: &inputConnectivity)
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
    Setting("topology", \.topology, .word, "which recurrent weights there are"),
    Setting("jump", \.jump, .integer(in: 1...20_000), "units from one jump of 'cycleJumps' to the next"),
    Setting("linkWeight", \.linkWeight, .finite, "weight of jumps and of links back, relative to the others'"),
    Setting("rewired", \.rewired, .probability, "fraction of a small world's links that go elsewhere"),
    Setting("diffusion", \.diffusion, .nonNegative, "γ of antisymmetric weights"),
    Setting("unit", \.unit, .word, "how units move: leaky, at the edge of stability (orthogonal), or spiking"),
    Setting("activation", \.activation, .method, "function of what reaches a unit"),
    Setting("squares", \.squares, .flag, "whether every second unit enters the readout as its square"),
    Setting("inputScale", \.inputScale, .number(in: 0...1e6), "input weights are within ± this"),
    Setting("inputScales", \.inputScales, .numbers, "the same for each input; [] for inputScale for all"),
    Setting("inputWeights", \.inputValues, .word, "distribution of input weights"),
    Setting("inputConnectivity", \.inputConnectivity, .probability, "fraction of input weights that aren't 0"),
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
