@_exported import Configuration
@_exported import Tensors

/// What an echo state network is made of, before any number is drawn.
///
/// With the state x, input u, and what is fed back z (the teacher's value or the last output):
/// `x' = kept·x + taken·tanh(W·x + W_in·u + W_fb·z + b + noise)` and `z' = [x', 1]·W_out`. By default
/// there is no leak: `kept` is 0 and `taken` 1.
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
  /// The share of the old state that is kept.
  public var kept = 0.0
  /// The share of tanh that is taken.
  public var taken = 1.0
  public var noise = 0.0
  public var noiseRange = NoiseRange.positive
  public var storage = Storage.automatic
  public var dtype = DType.float64
  /// Whether ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` computes the last output again with the new
  /// readout (the fix-up).
  public var fixesLastOutput = true

  /// - Parameter feedback: whether the output is fed back.
  public init(units: Int, inputs: Int = 0, outputs: Int = 1, feedback: Bool = false) {
    (self.units, self.inputs, self.outputs, self.feedback) = (units, inputs, outputs, feedback)
  }

  /// Sets ``kept`` and ``taken`` as in `x' = (1 - a)·x + a·tanh(…)`.
  public mutating func setLeak(_ rate: Double) { (kept, taken) = (1 - rate, rate) }

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
    try check("kept", kept, 0...1, "in 0...1")
    try check("taken", taken, 0...bound, "0 or more")
    guard [.float64, .float32].contains(dtype) else {
      throw .setting(name: "dtype", value: dtype.rawValue, allowed: "float64 or float32")
    }
  }
}
