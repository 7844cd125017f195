import Configuration

/// A transformer for images, which are divided into square patches (Dosovitskiy et al. 2020,
/// https://arxiv.org/abs/2010.11929), by torchvision's conventions and with its paths: `conv_proj`, `class_token`,
/// `encoder/pos_embedding`, `encoder/layers/encoder_layer_0/self_attention`, …, `encoder/ln`, `heads/head`.
public struct VisionTransformer: Layer {
  /// Rows and columns of a patch, which divide those of the image.
  public var patch: Int
  /// The elements of a patch's vector.
  public var width: Int
  /// The number of layers of the encoder.
  public var depth: Int
  public var heads: Int
  /// Units of a layer's hidden dense layer; nil for four times the width.
  public var hidden: Int?
  public var dropout: Double
  public var outputs: Int

  public init(
    patch: Int, width: Int, depth: Int, heads: Int, hidden: Int? = nil, dropout: Double = 0, outputs: Int
  ) {
    (self.patch, self.width, self.depth, self.heads) = (patch, width, depth, heads)
    (self.hidden, self.dropout, self.outputs) = (hidden, dropout, outputs)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let patches: Tensor
    switch Patches(patch, width: width, depth: depth).vectors(of: x, for: label, in: scope["conv_proj"]) {
    case .success(let vectors): patches = vectors
    case .failure(let diagnostic): return .failed(diagnostic)
    }
    let (batch, encoder) = (x.shape[0], scope["encoder"])
    let token = scope.parameter("class_token", [1, 1, width], .zeros).broadcast(to: [batch, 1, width])
    var y = Tensor.concatenate([token, patches], axis: 1)
    y = y + encoder.parameter("pos_embedding", [1, y.shape[1], width], .normal(deviation: 0.02))
    y = Dropout(dropout)(y, in: encoder["dropout"])
    for index in 0..<depth {
      let layer = EncoderLayer(heads: heads, hidden: hidden ?? 4 * width, dropout: dropout)
      y = layer(y, in: encoder["layers"]["encoder_layer_\(index)"])
    }
    y = LayerNorm(epsilon: 1e-6)(y, in: encoder["ln"])
    guard y.diagnostic == nil else { return y }
    let first = y.slice(0..<1, axis: 1).squeeze(1)
    return Dense(outputs, kernel: ConstantInitializer(0))(first, in: scope["heads"]["head"])
  }
}

/// Patches of images as vectors: `[batch, patches, width]`.
struct Patches {
  let size: Int
  let width: Int
  let depth: Int

  init(_ size: Int, width: Int, depth: Int) { (self.size, self.width, self.depth) = (size, width, depth) }

  func vectors(of image: Tensor, for label: String, in scope: Scope) -> Result<Tensor, Diagnostic> {
    let x = image.rank == 3 ? image.expand(at: 3) : image
    guard x.rank == 4, (1...1 << 16).contains(size), x.shape[1] > 0, x.shape[2] > 0,
      x.shape[1].isMultiple(of: size), x.shape[2].isMultiple(of: size), (1...1 << 20).contains(width),
      (0...10_000).contains(depth)
    else {
      let message =
        "takes images [batch, height, width, channels] whose height and width a patch of \(size) divides, and has a "
        + "width of 1 or more, not \(width)"
      return .failure(Diagnostic(operation: label, message: message, inputs: [image.type]))
    }
    let extent = Extent2D(size)
    let projection = Conv2D(
      width, size: extent, strides: extent,
      kernel: TruncatedNormalInitializer(deviation: 1 / Double(x.shape.last * size * size).squareRoot()))
    let y = projection(x, in: scope)
    return .success(
      y.diagnostic == nil ? y.reshape(to: [y.shape[0], y.shape[1] * y.shape[2], width]) : y)
  }

  /// The settings of a method that has patches.
  static func settings<Method>(
    patch: WritableKeyPath<Method, Int> & Sendable, width: WritableKeyPath<Method, Int> & Sendable,
    depth: WritableKeyPath<Method, Int> & Sendable
  ) -> [Setting<Method>] {
    [
      Setting("patch", patch, .integer(in: 1...10_000), "rows and columns of a patch, which divide those of the image"),
      Setting("width", width, .integer(in: 1...1_000_000), "elements of a patch's vector"),
      Setting("depth", depth, .integer(in: 1...10_000), "layers of the encoder"),
    ]
  }
}

/// Attention and two dense layers, each after a normalization and added to its input.
private struct EncoderLayer: Block {
  let heads: Int
  let hidden: Int
  let dropout: Double

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func normalized(_ x: Tensor, _ name: String) -> Tensor { LayerNorm(epsilon: 1e-6)(x, in: scope[name]) }
    let attended = MultiHeadAttention(heads: heads)(normalized(x, "ln_1"), in: scope["self_attention"])
    let y = x + Dropout(dropout)(attended, in: scope["dropout"])
    let mlp = scope["mlp"]
    let bias = NormalInitializer(deviation: 1e-6)
    var z = GELU()(Dense(hidden, bias: bias)(normalized(y, "ln_2"), in: mlp["0"]))
    z = Dropout(dropout)(z, in: mlp["2"])
    z = Dense(x.shape.last, bias: bias)(z, in: mlp["3"])
    return y + Dropout(dropout)(z, in: mlp["4"])
  }
}

/// A transformer for images by name; see ``VisionTransformer``. The default is the ViT-B/16 of the paper.
public struct VisionTransformerArchitecture: Architecture {
  public static let declaration = Declaration(
    "vit", "transformer for images, as in torchvision", standard: VisionTransformerArchitecture(),
    reference: Reference(
      "Dosovitskiy et al.", 2020, "An Image Is Worth 16x16 Words: Transformers for Image Recognition at Scale",
      "https://arxiv.org/abs/2010.11929"),
    settings: Patches.settings(patch: \.patch, width: \.width, depth: \.depth) + [
      Setting("heads", \.heads, .integer(in: 1...10_000), "heads, which divide the width"),
      Setting(
        "hidden", \.hidden, .optional(.integer(in: 1...10_000_000), none: "fourfold", standing: 1),
        "units of a layer's hidden dense layer; 'fourfold' is four times the width"),
      Setting("dropout", \.dropout, .decayRate, "dropout rate"),
    ])

  public var patch: Int
  public var width: Int
  public var depth: Int
  public var heads: Int
  public var hidden: Int?
  public var dropout: Double

  public init(
    patch: Int = 16, width: Int = 768, depth: Int = 12, heads: Int = 12, hidden: Int? = nil, dropout: Double = 0
  ) {
    (self.patch, self.width, self.depth, self.heads) = (patch, width, depth, heads)
    (self.hidden, self.dropout) = (hidden, dropout)
  }

  public func model(outputs: Int) -> any Layer {
    VisionTransformer(
      patch: patch, width: width, depth: depth, heads: heads, hidden: hidden, dropout: dropout, outputs: outputs)
  }
}
