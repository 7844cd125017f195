import Configuration

/// A recurrent layer that can be chosen by name: a cell with its settings, run over time.
public protocol RecurrentLayer: ComposableLayer {
  /// Whether the last output is returned, or all of them.
  var result: Recurrent.Result { get set }
  var cell: any RecurrentCell { get }
}

extension RecurrentLayer {
  public var label: String { Self.name }

  // As a call, so that the layer's record is there for the conversion of weights.
  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { Recurrent(cell, result: result)(x, in: scope) }

  fileprivate static var resultSetting: Setting<Self> {
    Setting("result", \.result, .word, "the last output only, or the sequence of all")
  }
}

/// A sequence through a simple recurrent network: see ``SimpleRNNCell``.
public struct SimpleRNN: RecurrentLayer, ComposableLayer {
  public static let declaration = Declaration(
    "simpleRNN", "simple recurrent network, h' = f(x·kernel + bias + h·recurrent)", standard: SimpleRNN(64),
    reference: Reference(
      "Elman", 1990, "Finding Structure in Time", "https://doi.org/10.1207/s15516709cog1402_1"),
    settings: [
      .units(\.units), resultSetting, Setting("activation", \.activation, .method, "activation f"),
      .convention(\.convention),
    ])

  public var units: Int
  public var result: Recurrent.Result
  public var activation: any Activation
  public var convention: RecurrentConvention
  public var cell: any RecurrentCell { SimpleRNNCell(units, activation: activation, convention: convention) }

  public init(
    _ units: Int, result: Recurrent.Result = .last, activation: any Activation = Tanh(),
    convention: RecurrentConvention = .keras
  ) {
    (self.units, self.result, self.activation, self.convention) = (units, result, activation, convention)
  }
}

/// A sequence through gated recurrent units: see ``GRUCell``.
public struct GRU: RecurrentLayer, ComposableLayer {
  public static let declaration = Declaration(
    "gru", "gated recurrent units", standard: GRU(64),
    reference: Reference(
      "Cho et al.", 2014,
      "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
      "https://arxiv.org/abs/1406.1078"),
    settings: [
      .units(\.units), resultSetting,
      Setting("reset", \.reset, .word, "whether the reset gate acts after or before the recurrent product"),
      .convention(\.convention),
    ])

  public var units: Int
  public var result: Recurrent.Result
  public var reset: GRUCell.Reset
  public var convention: RecurrentConvention
  public var cell: any RecurrentCell { GRUCell(units, reset: reset, convention: convention) }

  public init(
    _ units: Int, result: Recurrent.Result = .last, reset: GRUCell.Reset = .after,
    convention: RecurrentConvention = .keras
  ) {
    (self.units, self.result, self.reset, self.convention) = (units, result, reset, convention)
  }
}

/// A sequence through long short-term memory: see ``LSTMCell``.
public struct LSTM: RecurrentLayer, ComposableLayer {
  public static let declaration = Declaration(
    "lstm", "long short-term memory", standard: LSTM(64),
    reference: Reference(
      "Hochreiter and Schmidhuber", 1997, "Long Short-Term Memory", "https://doi.org/10.1162/neco.1997.9.8.1735"),
    settings: [.units(\.units), resultSetting, .convention(\.convention)])

  public var units: Int
  public var result: Recurrent.Result
  public var convention: RecurrentConvention
  public var cell: any RecurrentCell { LSTMCell(units, convention: convention) }

  public init(_ units: Int, result: Recurrent.Result = .last, convention: RecurrentConvention = .keras) {
    (self.units, self.result, self.convention) = (units, result, convention)
  }
}

extension Setting {
  fileprivate static func units(_ property: WritableKeyPath<Method, Int> & Sendable) -> Setting {
    Setting("units", property, .integer(in: 1...1_000_000), "units, the elements of the state")
  }

  fileprivate static func convention(
    _ property: WritableKeyPath<Method, RecurrentConvention> & Sendable
  ) -> Setting {
    Setting("convention", property, .word, "the framework whose biases and initial values it has")
  }
}

/// A recurrent layer run forwards and backwards, with parameters of its own for each direction, `forward/…` and
/// `backward/…` (Schuster and Paliwal 1997, https://doi.org/10.1109/78.650093).
///
/// The two results are joined along the last axis, or added. In a sequence each step has the results for that step; the
/// last output of the backward direction is the one for the first step.
public struct Bidirectional: ComposableLayer {
  /// How the two directions become one result.
  public enum Merge: String, Sendable, Hashable, CaseIterable { case concatenate, sum, mean }

  public static let declaration = Declaration(
    "bidirectional", "a recurrent layer run forwards and backwards", standard: Bidirectional(LSTM(64)),
    reference: Reference(
      "Schuster and Paliwal", 1997, "Bidirectional Recurrent Neural Networks", "https://doi.org/10.1109/78.650093"),
    settings: [
      Setting("layer", \.layer, .recurrentLayer, "the recurrent layer: lstm, gru, simpleRNN"),
      Setting("merge", \.merge, .word, "how the results of both directions are joined"),
    ])

  public var layer: any RecurrentLayer
  public var merge: Merge

  public init(_ layer: any RecurrentLayer, merge: Merge = .concatenate) { (self.layer, self.merge) = (layer, merge) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      let message = "takes sequences [batch, time, …]"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let forward = layer(x, in: scope["forward"])
    var backward = layer(x.reverse([1]), in: scope["backward"])
    if layer.result == .sequence { backward = backward.reverse([1]) }
    switch merge {
    case .concatenate: return .concatenate([forward, backward], axis: -1)
    case .sum: return forward + backward
    case .mean: return (forward + backward) / 2
    }
  }
}

extension SettingFormat where Value == any RecurrentLayer {
  fileprivate static var recurrentLayer: SettingFormat {
    .method(in: { Registry(kind: "RecurrentLayer", [SimpleRNN.self, GRU.self, LSTM.self]) })
  }
}
