import Arrays
import OrderedCollections

extension WeightFile {
  /// The arrays by torchvision's names, which are those of our models, if they have timm's names, or those that vision
  /// transformers had in torchvision before 0.13. nil for other files.
  var inTorchvisionsNames: OrderedDictionary<String, HostArray>? {
    transformerInTorchvisionsNames ?? mobileNetInTorchvisionsNames
  }

  private var transformerInTorchvisionsNames: OrderedDictionary<String, HostArray>? {
    guard arrays.keys.contains(where: { $0.contains("attn.qkv.") || $0.contains("mlp.linear_1.") }) else { return nil }
    let names = arrays.keys.map { name in
      Self.transformerNames.reduce(name) { $0.replacing($1.pattern, with: $1.name, maxReplacements: 1) }
        .replacing(/^blocks\.([0-9]+)\./) { "encoder.layers.encoder_layer_\($0.1)." }
    }
    return OrderedDictionary(zip(names, arrays.values)) { first, _ in first }
  }

  /// Parts of names.
  private static var transformerNames: [(pattern: Regex<Substring>, name: String)] {
    [
      (/^cls_token$/, "class_token"), (/^pos_embed$/, "encoder.pos_embedding"), (/^patch_embed\.proj\./, "conv_proj."),
      (/^norm\./, "encoder.ln."), (/^head\./, "heads.head."), (/\.norm1\./, ".ln_1."), (/\.norm2\./, ".ln_2."),
      (/\.attn\.qkv\./, ".self_attention.in_proj_"), (/\.attn\.proj\./, ".self_attention.out_proj."),
      (/\.mlp\.(?:fc1|linear_1)\./, ".mlp.0."), (/\.mlp\.(?:fc2|linear_2)\./, ".mlp.3."),
    ]
  }

  /// timm's MobileNetV3 has numbers of stages and blocks, names for the parts of a block, and a 1x1 convolution in place of
  /// the first dense layer.
  private var mobileNetInTorchvisionsNames: OrderedDictionary<String, HostArray>? {
    guard arrays["conv_stem.weight"] != nil, arrays["conv_head.weight"] != nil else { return nil }
    let blocks = Set(arrays.keys.compactMap(MobileBlockName.init)).sorted()
    let places = Dictionary(blocks.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
    var named: OrderedDictionary<String, HostArray> = [:]
    for (name, array) in arrays {
      let parts = name.split(separator: ".").map(String.init)
      switch parts.first {
      case "conv_stem": named["features.0.0." + parts[1...].joined(separator: ".")] = array
      case "bn1": named["features.0.1." + parts[1...].joined(separator: ".")] = array
      case "classifier": named["classifier.3." + parts[1...].joined(separator: ".")] = array
      case "conv_head":
        let shape = array.shape.count == 4 ? Array(array.shape.prefix(2)) : array.shape
        let isPlane = array.shape.dropFirst(2).allSatisfy { $0 == 1 }
        named["classifier.0." + parts[1...].joined(separator: ".")] =
          isPlane ? HostArray(dtype: array.dtype, shape: shape, filledBy: array.bytes) : array
      default:
        guard let block = MobileBlockName(name), let place = places[block], parts.count > 4 else {
          named[name] = array
          continue
        }
        func has(_ part: String) -> Bool { arrays["\(block.prefix)\(part).weight"] != nil }
        let module = Self.mobileModule(
          parts[3..<parts.count - 1].joined(separator: "."), expands: has("conv_pwl"), squeezes: has("se.conv_reduce"),
          isSingle: has("conv"))
        named["features.\(place).\(module).\(parts[parts.count - 1])"] = array
      }
    }
    return named
  }

  /// A part of a block by torchvision's name.
  private static func mobileModule(_ part: String, expands: Bool, squeezes: Bool, isSingle: Bool) -> String {
    if isSingle { return part == "conv" ? "0" : part == "bn1" ? "1" : part }
    let (depthwise, last) = (expands ? 1 : 0, (expands ? 2 : 1) + (squeezes ? 1 : 0))
    return switch part {
    case "conv_pw": expands ? "block.0.0" : "block.\(last).0"
    case "conv_dw": "block.\(depthwise).0"
    case "conv_pwl": "block.\(last).0"
    case "bn1": "block.0.1"
    case "bn2": expands ? "block.1.1" : "block.\(last).1"
    case "bn3": "block.\(last).1"
    case "se.conv_reduce": "block.\(depthwise + 1).fc1"
    case "se.conv_expand": "block.\(depthwise + 1).fc2"
    default: part
    }
  }
}

/// `blocks.1.0` of timm.
private struct MobileBlockName: Hashable, Comparable {
  let stage: Int
  let index: Int

  init?(_ name: String) {
    guard let match = name.firstMatch(of: /^blocks\.([0-9]+)\.([0-9]+)\./), let stage = Int(match.1),
      let index = Int(match.2)
    else { return nil }
    (self.stage, self.index) = (stage, index)
  }

  var prefix: String { "blocks.\(stage).\(index)." }

  static func < (one: MobileBlockName, other: MobileBlockName) -> Bool {
    (one.stage, one.index) < (other.stage, other.index)
  }
}
