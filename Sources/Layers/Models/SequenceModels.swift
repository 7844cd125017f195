import Configuration

/// What recurrent networks by name share: an embedding where inputs are tokens, layers of one kind, a dense output.
private struct SequenceNetwork: TokenModel {
  let label: String
  let vocabulary: Int?
  let layers: Sequential

  init(
    _ label: String, units: [Int], isBidirectional: Bool, dropout: Double, tokens: TokenInput, outputs: Int,
    _ layer: (_ units: Int, Recurrent.Result) -> any RecurrentLayer
  ) {
    self.label = label
    vocabulary = tokens.vocabulary
    var layers = tokens.layers
    for (index, count) in units.enumerated() {
      let recurrent = layer(count, index == units.count - 1 ? .last : .sequence)
      layers.append(isBidirectional ? Bidirectional(recurrent) : recurrent)
      if dropout > 0 { layers.append(Dropout(dropout)) }
    }
    self.layers = Sequential(layers + [Dense(outputs)])
  }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    // A series of one number per step.
    layers.forward(takesTokens ? x.tokens : x.rank == 2 ? x.expand(at: 2) : x, in: scope)
  }
}

/// Whether sequences are of numbers `[batch, time, features]`, or of tokens `[batch, time]`.
public struct TokenInput: Sendable, Hashable {
  /// How many tokens there are; nil for sequences of numbers.
  public var vocabulary: Int?
  /// The elements of a token's vector.
  public var size: Int

  public init(vocabulary: Int? = nil, size: Int = 64) { (self.vocabulary, self.size) = (vocabulary, size) }

  fileprivate var layers: [any Layer] {
    vocabulary.map { [Embedding($0, size: size, table: .normal(deviation: 1))] } ?? []
  }

  fileprivate static let vocabularySetting = Setting<TokenInput>(
    "vocabulary", \.vocabulary, .optional(.integer(in: 1...100_000_000), none: "none", standing: 1),
    "how many tokens there are, from 0; none for sequences of numbers")
  fileprivate static let settings = [
    vocabularySetting, Setting("embedding", \.size, .integer(in: 1...1_000_000), "elements of a token's vector"),
  ]
}

/// A recurrent network by name: layers of one kind.
private protocol RecurrentArchitecture: Architecture {
  var network: RecurrentSettings { get set }
  var tokens: TokenInput { get set }
  static func layer(
    _ units: Int, _ result: Recurrent.Result, _ convention: RecurrentConvention
  ) -> any RecurrentLayer
}

extension RecurrentArchitecture {
  fileprivate static var recurrentSettings: [Setting<Self>] {
    RecurrentSettings.all.of(\.network) + TokenInput.settings.of(\.tokens)
  }

  public func model(outputs: Int) -> any Layer {
    SequenceNetwork(
      Self.name, units: network.units, isBidirectional: network.isBidirectional, dropout: network.dropout,
      tokens: tokens, outputs: outputs
    ) { [convention = network.convention] in Self.layer($0, $1, convention) }
  }
}

/// Layers of long short-term memory for sequences, by name: the last output, then a dense layer.
///
/// The paths are those of a ``Sequential``: `embedding1`, `lstm1`, …, `dense1`.
public struct LSTMArchitecture: Architecture, RecurrentArchitecture {
  public static let declaration = Declaration(
    "lstm", "layers of long short-term memory for sequences of numbers or tokens", standard: LSTMArchitecture(),
    reference: LSTM.reference,
    settings: recurrentSettings)

  public var network: RecurrentSettings
  public var tokens: TokenInput

  public init(network: RecurrentSettings = RecurrentSettings(), tokens: TokenInput = TokenInput()) {
    (self.network, self.tokens) = (network, tokens)
  }

  fileprivate static func layer(
    _ units: Int, _ result: Recurrent.Result, _ convention: RecurrentConvention
  ) -> any RecurrentLayer { LSTM(units, result: result, convention: convention) }
}

/// Layers of gated recurrent units for sequences, by name: the last output, then a dense layer.
///
/// The paths are those of a ``Sequential``: `embedding1`, `gru1`, …, `dense1`.
public struct GRUArchitecture: Architecture, RecurrentArchitecture {
  public static let declaration = Declaration(
    "gru", "layers of gated recurrent units for sequences of numbers or tokens", standard: GRUArchitecture(),
    reference: GRU.reference,
    settings: recurrentSettings)

  public var network: RecurrentSettings
  public var tokens: TokenInput

  public init(network: RecurrentSettings = RecurrentSettings(), tokens: TokenInput = TokenInput()) {
    (self.network, self.tokens) = (network, tokens)
  }

  fileprivate static func layer(
    _ units: Int, _ result: Recurrent.Result, _ convention: RecurrentConvention
  ) -> any RecurrentLayer { GRU(units, result: result, convention: convention) }
}

/// The settings of a recurrent network by name.
public struct RecurrentSettings: Sendable, Hashable {
  /// The units of each layer.
  public var units: [Int]
  public var isBidirectional: Bool
  /// The dropout rate after each layer.
  public var dropout: Double
  public var convention: RecurrentConvention

  public init(
    units: [Int] = [64], isBidirectional: Bool = false, dropout: Double = 0, convention: RecurrentConvention = .keras
  ) {
    (self.units, self.isBidirectional) = (units, isBidirectional)
    (self.dropout, self.convention) = (dropout, convention)
  }

  fileprivate static let all: [Setting<RecurrentSettings>] = [
    Setting("units", \.units, .integers(in: 1...1_000_000), "units of each layer"),
    Setting("bidirectional", \.isBidirectional, .flag, "whether each layer runs backwards too"),
    Setting("dropout", \.dropout, .decayRate, "dropout rate after each layer"),
    Setting("convention", \.convention, .word, "the framework whose biases and initial values the layers have"),
  ]
}

/// The encoder of a transformer for sequences of numbers `[batch, time, features]` or tokens `[batch, time]` (Vaswani et
/// al. 2017, https://arxiv.org/abs/1706.03762), and a dense output of the mean over time, or of one step.
///
/// The paths are `embedding` or `input`, `positions`, `layers/0/…` as in PyTorch's `TransformerEncoder`, `norm` and
/// `head`.
public struct TransformerEncoder: TokenModel {
  /// What the output is computed from.
  public enum Pooling: String, Sendable, Hashable, CaseIterable { case mean, first, middle, last }
  /// How the model knows the order of steps.
  public enum Positions: String, Sendable, Hashable, CaseIterable { case sinusoidal, learned, none }

  public var tokens: TokenInput
  public var vocabulary: Int? { tokens.vocabulary }
  /// The number of layers.
  public var depth: Int
  public var block: TransformerBlock
  public var positions: Positions
  public var pooling: Pooling
  public var outputs: Int

  /// - Parameter tokens: its size is the width of the sequence, for numbers too.
  public init(
    tokens: TokenInput = TokenInput(), depth: Int = 2, block: TransformerBlock = TransformerBlock(heads: 4),
    positions: Positions = .sinusoidal, pooling: Pooling = .mean, outputs: Int
  ) {
    (self.tokens, self.depth, self.block) = (tokens, depth, block)
    (self.positions, self.pooling, self.outputs) = (positions, pooling, outputs)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3 || x.rank == 2, x.shape[1] > 0 else {
      let message = "takes sequences of numbers [batch, time, features], or of tokens [batch, time]"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    var y: Tensor
    if let vocabulary = tokens.vocabulary {
      y = Embedding(vocabulary, size: tokens.size, table: .normal(deviation: 1))(x.tokens, in: scope["embedding"])
    } else {
      y = Dense(tokens.size, kernel: .torchLinear)(x.rank == 2 ? x.expand(at: 2) : x, in: scope["input"])
    }
    switch positions {
    case .sinusoidal: y = SinusoidalEncoding()(y, in: scope["positions"])
    case .learned: y = PositionalEmbedding()(y, in: scope["positions"])
    case .none: break
    }
    y = Dropout(block.dropout)(y, in: scope["dropout"])
    for index in 0..<Swift.max(0, depth) { y = block(y, in: scope["layers"]["\(index)"]) }
    // Sums that are normalized already need no other normalization.
    if block.norm == .before { y = LayerNorm(epsilon: block.epsilon)(y, in: scope["norm"]) }
    guard y.diagnostic == nil else { return y }
    switch pooling {
    case .mean: y = GlobalAveragePool2D()(y, in: scope["pool"])
    case .first: y = y.slice(0..<1, axis: 1).squeeze(1)
    case .middle: y = y.slice(y.shape[1] / 2..<y.shape[1] / 2 + 1, axis: 1).squeeze(1)
    case .last: y = y.slice(y.shape[1] - 1..<y.shape[1], axis: 1).squeeze(1)
    }
    return Dense(outputs, kernel: .torchLinear)(y, in: scope["head"])
  }
}

/// The encoder of a transformer for sequences, by name; see ``TransformerEncoder``.
public struct TransformerArchitecture: Architecture {
  public static let declaration = Declaration(
    "transformer", "encoder of a transformer for sequences of numbers or tokens", standard: TransformerArchitecture(),
    reference: .transformer,
    settings: [
      Setting("width", \.tokens.size, .integer(in: 1...1_000_000), "elements of each step"),
      Setting("depth", \.depth, .integer(in: 1...10_000), "layers"),
      TokenInput.vocabularySetting.of(\.tokens),
      Setting("positions", \.positions, .word, "how the model knows the order of steps"),
      Setting("pooling", \.pooling, .word, "what the output is computed from"),
    ] + TransformerBlock.declaration.settings.of(\.block))

  public var tokens: TokenInput
  public var depth: Int
  public var block: TransformerBlock
  public var positions: TransformerEncoder.Positions
  public var pooling: TransformerEncoder.Pooling

  public init(
    tokens: TokenInput = TokenInput(), depth: Int = 2, block: TransformerBlock = TransformerBlock(heads: 4),
    positions: TransformerEncoder.Positions = .sinusoidal, pooling: TransformerEncoder.Pooling = .mean
  ) {
    (self.tokens, self.depth, self.block) = (tokens, depth, block)
    (self.positions, self.pooling) = (positions, pooling)
  }

  public func model(outputs: Int) -> any Layer {
    TransformerEncoder(
      tokens: tokens, depth: depth, block: block, positions: positions, pooling: pooling, outputs: outputs)
  }
}
