import Configuration

/// Dense layers that mix patches of images and channels in turn (Tolstikhin et al. 2021,
/// https://arxiv.org/abs/2105.01601), with timm's paths: `stem/proj`, `blocks/0/norm1`, `blocks/0/mlp_tokens/fc1`, …,
/// `norm`, `head`.
public struct MLPMixer: Layer {
  /// Rows and columns of a patch, which divide those of the image.
  public var patch: Int
  /// The elements of a patch's vector.
  public var width: Int
  public var depth: Int
  /// Hidden units of the layers that mix patches; nil for half the width.
  public var tokens: Int?
  /// Hidden units of the layers that mix channels; nil for four times the width.
  public var channels: Int?
  public var dropout: Double
  public var outputs: Int

  public init(
    patch: Int, width: Int, depth: Int, tokens: Int? = nil, channels: Int? = nil, dropout: Double = 0, outputs: Int
  ) {
    (self.patch, self.width, self.depth, self.tokens) = (patch, width, depth, tokens)
    (self.channels, self.dropout, self.outputs) = (channels, dropout, outputs)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    var y: Tensor
    switch Patches(patch, width: width, depth: depth).vectors(of: x, for: label, in: scope["stem"]["proj"]) {
    case .success(let vectors): y = vectors
    case .failure(let diagnostic): return .failed(diagnostic)
    }
    for index in 0..<depth {
      let block = MixerBlock(
        tokens: tokens ?? Swift.max(1, width / 2), channels: channels ?? 4 * width, dropout: dropout)
      y = block(y, in: scope["blocks"]["\(index)"])
    }
    y = LayerNorm(epsilon: 1e-6)(y, in: scope["norm"])
    y = GlobalAveragePool2D()(y, in: scope["pool"])
    return Dense(outputs, kernel: ConstantInitializer(0))(y, in: scope["head"])
  }
}

private struct MixerBlock: Block {
  let tokens: Int
  let channels: Int
  let dropout: Double

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func mlp(_ x: Tensor, hidden: Int, _ name: String) -> Tensor {
      let inner = scope[name]
      let y = Dropout(dropout)(GELU()(Dense(hidden)(x, in: inner["fc1"])), in: inner["drop1"])
      return Dropout(dropout)(Dense(x.shape.last)(y, in: inner["fc2"]), in: inner["drop2"])
    }
    let mixed = mlp(
      LayerNorm(epsilon: 1e-6)(x, in: scope["norm1"]).transpose([0, 2, 1]), hidden: tokens, "mlp_tokens")
    let y = x + mixed.transpose([0, 2, 1])
    return y + mlp(LayerNorm(epsilon: 1e-6)(y, in: scope["norm2"]), hidden: channels, "mlp_channels")
  }
}

/// Dense layers that mix patches and channels, by name; see ``MLPMixer``. The default is the Mixer-B/16 of the paper.
public struct MLPMixerArchitecture: Architecture {
  public static let declaration = Declaration(
    "mlpMixer", "dense layers that mix patches of images and channels in turn", standard: MLPMixerArchitecture(),
    reference: Reference(
      "Tolstikhin et al.", 2021, "MLP-Mixer: An All-MLP Architecture for Vision", "https://arxiv.org/abs/2105.01601"),
    settings: Patches.settings(patch: \.patch, width: \.width, depth: \.depth) + [
      Setting(
        "tokens", \.tokens, .optional(.integer(in: 1...10_000_000), none: "half", standing: 1),
        "hidden units of the layers that mix patches; 'half' is half the width"),
      Setting(
        "channels", \.channels, .optional(.integer(in: 1...10_000_000), none: "fourfold", standing: 1),
        "hidden units of the layers that mix channels; 'fourfold' is four times the width"),
      Setting("dropout", \.dropout, .decayRate, "dropout rate"),
    ])

  public var patch: Int
  public var width: Int
  public var depth: Int
  public var tokens: Int?
  public var channels: Int?
  public var dropout: Double

  public init(
    patch: Int = 16, width: Int = 768, depth: Int = 12, tokens: Int? = nil, channels: Int? = nil, dropout: Double = 0
  ) {
    (self.patch, self.width, self.depth) = (patch, width, depth)
    (self.tokens, self.channels, self.dropout) = (tokens, channels, dropout)
  }

  public func model(outputs: Int) -> any Layer {
    MLPMixer(
      patch: patch, width: width, depth: depth, tokens: tokens, channels: channels, dropout: dropout, outputs: outputs)
  }
}
