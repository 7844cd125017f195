import Configuration

extension Tensor {
  /// Scaled dot-product attention: for each query the mean of the values, weighted by the softmax of
  /// `query · key / sqrt(size)` (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762).
  ///
  /// ```swift
  /// let (queries, keys) = (Key(seed: 1).normal([2, 5, 8]), Key(seed: 2).normal([2, 7, 8]))
  /// print(Tensor.attention(queries, keys: keys, values: keys).shape)  // [2, 5, 8]
  /// ```
  /// The softmax is computed in `float32` if the elements have half precision.
  /// - Parameters:
  ///   - queries: `[…, queries, size]`.
  ///   - keys: `[…, keys, size]`.
  ///   - values: `[…, keys, features]`.
  ///   - mask: booleans that broadcast to `[…, queries, keys]`: whether the query sees the key. A query that sees none
  ///     gets the mean of all values.
  ///   - isCausal: whether a query sees the keys up to its own position only.
  ///   - weights: changes the weights `[…, queries, keys]` before values are averaged, dropout say.
  public static func attention(
    _ queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
    weights: (Tensor) -> Tensor = { $0 }
  ) -> Tensor {
    guard queries.rank >= 2, keys.rank == queries.rank else {
      let message = "queries and keys must have the same rank, 2 or more"
      return .failed(Diagnostic(operation: "attention", message: message, inputs: [queries.type, keys.type]))
    }
    let transposed = keys.transpose(Array(0..<keys.rank - 2) + [keys.rank - 1, keys.rank - 2])
    // The smaller factor is scaled: there are fewer elements of queries than of scores.
    var scores = (queries * (1 / Double(Swift.max(1, queries.shape.last)).squareRoot())).matmul(transposed).upcast
    if isCausal {
      let shape: Shape = [queries.shape[-2], keys.shape[-2]]
      let isLater = Tensor.iota(shape, axis: 1) .> Tensor.iota(shape, axis: 0)
      scores = scores.replaced(where: isLater, by: Self.hidden)
    }
    if let mask { scores = scores.replaced(where: .!mask, by: Self.hidden) }
    return weights(scores.softmax().cast(to: values.dtype)).matmul(values)
  }

  /// The score of a key that a query doesn't see: finite, so that no row of scores makes a NaN.
  private static var hidden: Double { -1e30 }
}

/// Self-attention with several heads: `[batch, time, width]` to the same (Vaswani et al. 2017,
/// https://arxiv.org/abs/1706.03762).
///
/// ```swift
/// let model = Sequential { PositionalEmbedding(); MultiHeadAttention(heads: 4, isCausal: true); Flatten(); Dense(10) }
/// print(try model.trace(TensorType(.float32, [1, 16, 32])).records.last?.output.shape ?? [])  // [1, 10]
/// ```
/// Inside a layer of your own, ``attend(_:to:mask:in:)`` takes another sequence to attend to, and a mask. Parameters are
/// those of PyTorch's `MultiheadAttention`: `in_proj_kernel [width, 3·width]` and `in_proj_bias` for queries, keys and
/// values in this order, `out_proj/kernel` and `out_proj/bias`.
public struct MultiHeadAttention: ComposableLayer {
  public static let declaration = Declaration(
    "multiHeadAttention", "self-attention of the steps of a sequence", standard: MultiHeadAttention(heads: 4),
    reference: .transformer,
    settings: [
      Setting("heads", \.heads, .integer(in: 1...10_000), "heads, which divide the width of the sequence"),
      Setting("causal", \.isCausal, .flag, "whether a step sees only itself and the steps before"),
      Setting("dropout", \.dropout, .decayRate, "dropout rate of the weights"),
      Setting("bias", \.hasBias, .flag, "whether the linear maps add a bias"),
    ])

  public var heads: Int
  public var isCausal: Bool
  /// The dropout rate of the weights.
  public var dropout: Double
  public var hasBias: Bool

  public init(heads: Int, isCausal: Bool = false, dropout: Double = 0, hasBias: Bool = true) {
    (self.heads, self.isCausal, self.dropout, self.hasBias) = (heads, isCausal, dropout, hasBias)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { attend(x, in: scope) }

  /// - Parameters:
  ///   - x: `[batch, queries, width]`, which queries are made of.
  ///   - other: `[batch, keys, width]`, which keys and values are made of; nil for `x`.
  ///   - mask: see `Tensor.attention`; `[batch, 1, 1, keys]` hides the padding of sequences.
  public func attend(_ x: Tensor, to other: Tensor? = nil, mask: Tensor? = nil, in scope: Scope) -> Tensor {
    TraceContext.$path.withValue(scope.path) {
      let source = other ?? x
      guard x.rank == 3, source.rank == 3, x.shape.last == source.shape.last, heads >= 1,
        x.shape.last > 0, x.shape.last.isMultiple(of: heads), (0..<1).contains(dropout)
      else {
        let message =
          "takes sequences [batch, time, width] whose width \(heads) heads divide, with a dropout rate of 0 or more and "
          + "below 1"
        return .failed(Diagnostic(operation: label, message: message, inputs: [x.type, source.type]))
      }
      let width = x.shape.last
      let kernel = scope.parameter("in_proj_kernel", [width, 3 * width], .glorotUniform)
      let bias = hasBias ? scope.parameter("in_proj_bias", [3 * width], .zeros) : nil
      func project(_ x: Tensor, _ parts: Range<Int>) -> [Tensor] {
        let columns = parts.lowerBound * width..<parts.upperBound * width
        let isWhole = parts.count == 3
        let product = x.matmul(isWhole ? kernel : kernel.slice(columns, axis: 1))
        let sum = bias.map { product + (isWhole ? $0 : $0.slice(columns, axis: 0)) } ?? product
        // [batch, time, parts, heads, size] to [batch, heads, time, size] for each part.
        let split = sum.reshape(to: [x.shape[0], x.shape[1], parts.count, heads, width / heads])
        return (0..<parts.count).map { split.slice($0..<$0 + 1, axis: 2).squeeze(2).transpose([0, 2, 1, 3]) }
      }
      let parts = other == nil ? project(x, 0..<3) : project(x, 0..<1) + project(source, 1..<3)
      let attended = Tensor.attention(parts[0], keys: parts[1], values: parts[2], mask: mask, isCausal: isCausal) {
        Dropout(dropout)($0, in: scope["dropout"])
      }
      let joined = attended.transpose([0, 2, 1, 3]).reshape(to: [x.shape[0], x.shape[1], width])
      return Dense(width, hasBias: hasBias, kernel: .torchLinear)(joined, in: scope["out_proj"])
    }
  }
}

/// One layer of a transformer's encoder: self-attention and two dense layers, each added to its input and normalized.
///
/// The paths are those of PyTorch's `TransformerEncoderLayer`: `self_attn/…`, `linear1`, `linear2`, `norm1`, `norm2`.
public struct TransformerBlock: ComposableLayer, Block {
  /// Where the layer normalizations are: before attention and dense layers, or after their sums, as in the paper.
  public enum NormOrder: String, Sendable, Hashable, CaseIterable { case before, after }

  public static let declaration = Declaration(
    "transformerBlock", "self-attention and two dense layers", standard: TransformerBlock(heads: 4),
    reference: .transformer,
    settings: [
      Setting("heads", \.heads, .integer(in: 1...10_000), "heads, which divide the width of the sequence"),
      Setting(
        "hidden", \.hidden, .optional(.integer(in: 1...10_000_000), none: "fourfold", standing: 1),
        "units of the first dense layer; 'fourfold' is four times the width"),
      Setting("activation", \.activation, .method, "activation between the dense layers"),
      Setting(
        "norm", \.norm, .word, "whether normalizations come before attention and dense layers, or after the sums"),
      Setting("causal", \.isCausal, .flag, "whether a step sees only itself and the steps before"),
      Setting("dropout", \.dropout, .decayRate, "dropout rate of weights, activations and results"),
      Setting("epsilon", \.epsilon, .nonNegative, "ε of the normalizations"),
    ])

  public var heads: Int
  /// Nil for four times the width.
  public var hidden: Int?
  public var activation: any Activation
  public var norm: NormOrder
  public var isCausal: Bool
  public var dropout: Double
  public var epsilon: Double

  public init(
    heads: Int, hidden: Int? = nil, activation: any Activation = GELU(), norm: NormOrder = .before,
    isCausal: Bool = false, dropout: Double = 0, epsilon: Double = 1e-5
  ) {
    (self.heads, self.hidden, self.activation, self.norm) = (heads, hidden, activation, norm)
    (self.isCausal, self.dropout, self.epsilon) = (isCausal, dropout, epsilon)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func normalized(_ x: Tensor, _ name: String) -> Tensor { LayerNorm(epsilon: epsilon)(x, in: scope[name]) }
    func attended(_ x: Tensor) -> Tensor {
      let y = MultiHeadAttention(heads: heads, isCausal: isCausal, dropout: dropout)(x, in: scope["self_attn"])
      return Dropout(dropout)(y, in: scope["dropout1"])
    }
    func mapped(_ x: Tensor) -> Tensor {
      let units = hidden ?? 4 * x.shape.last
      let y = activation(Dense(units, kernel: .torchLinear)(x, in: scope["linear1"]))
      let dropped = Dropout(dropout)(y, in: scope["dropout"])
      let z = Dense(x.shape.last, kernel: .torchLinear)(dropped, in: scope["linear2"])
      return Dropout(dropout)(z, in: scope["dropout2"])
    }
    switch norm {
    case .before:
      let y = x + attended(normalized(x, "norm1"))
      return y + mapped(normalized(y, "norm2"))
    case .after:
      let y = normalized(x + attended(x), "norm1")
      return normalized(y + mapped(y), "norm2")
    }
  }
}

extension Initializer where Self == VarianceScaling {
  /// Uniform within ±1/sqrt(inputs), what PyTorch draws kernels of linear layers and convolutions from.
  static var torchLinear: Self { VarianceScaling(scale: 1 / 3, mode: .fanIn, distribution: .uniform) }
}

extension Reference {
  static let transformer = Reference(
    "Vaswani et al.", 2017, "Attention Is All You Need", "https://arxiv.org/abs/1706.03762")
}
