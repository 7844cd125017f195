/// How another framework names and lays out the weights of the same model.
///
/// ```swift
/// try trainer.exportWeights(to: "model.safetensors", layout: .pyTorch)
/// ```
/// Another layer's parameters are a rule more, in order of precedence: the kernel of a convolution along time would
/// be `WeightRule("kernel", rank: 3, as: "weight", axes: [2, 1, 0])` for PyTorch. What no rule is for keeps its
/// name and axes.
///
/// The model's structure decides what rules can't: the order of features that images were flattened to, and how a
/// recurrent cell's parameters are divided.
public struct WeightLayout: Sendable {
  public var rules: [WeightRule]
  /// Between the parts of a name there.
  public var separator: String
  /// What modules are called there, by their paths here, where it isn't the same: `["dense1": "0"]`.
  public var modules: [String: String]
  /// Whether images are `[batch, channels, height, width]` there, and flattened in that order.
  public var isChannelsFirst: Bool
  /// Whose recurrent cells' parameters these are; nil for ours, as any other parameters.
  public var cells: RecurrentConvention?
  /// Last parts of names there that have no place here. Reading passes them over.
  public var passedOver: Set<String>

  public init(
    rules: [WeightRule] = [], separator: String = "/", modules: [String: String] = [:], isChannelsFirst: Bool = false,
    cells: RecurrentConvention? = nil, passedOver: Set<String> = []
  ) {
    self.rules = rules
    self.separator = separator
    self.modules = modules
    self.isChannelsFirst = isChannelsFirst
    self.cells = cells
    self.passedOver = passedOver
  }

  /// As here: paths, axes.
  public static let tanren = WeightLayout()

  /// As in a state dictionary: `dense1.weight [units, inputs]`, `dense1.bias`, `batchNorm1.running_mean`. A batch
  /// normalization's `num_batches_tracked` is neither kept nor written; PyTorch loads the rest without it.
  public static let pyTorch = WeightLayout(
    rules: [
      WeightRule("kernel", rank: 2, as: "weight", axes: [1, 0]),
      WeightRule("kernel", rank: 4, as: "weight", axes: [3, 2, 0, 1]),
      WeightRule("table", rank: 2, as: "weight"),
      WeightRule("scale", as: "weight"),
      WeightRule("offset", as: "bias"),
      WeightRule("mean", as: "running_mean"),
      WeightRule("variance", as: "running_var"),
    ], separator: ".", isChannelsFirst: true, cells: .pyTorch, passedOver: ["num_batches_tracked"])

  /// As Keras names its layers' variables: `dense1/kernel [inputs, units]`, `dense1/bias`, `embedding1/embeddings`.
  public static let keras = WeightLayout(
    rules: [
      WeightRule("table", rank: 2, as: "embeddings"),
      WeightRule("scale", as: "gamma"),
      WeightRule("offset", as: "beta"),
      WeightRule("mean", as: "moving_mean"),
      WeightRule("variance", as: "moving_variance"),
    ], cells: .keras)

  /// The same layout with other names for modules.
  public func renaming(_ modules: [String: String]) -> WeightLayout {
    var layout = self
    layout.modules.merge(modules) { $1 }
    return layout
  }

  /// What a module's array `leaf` is called there.
  func name(_ leaf: String, of module: String) -> String {
    let prefix = modules[module] ?? module.split(separator: "/").joined(separator: separator)
    return prefix.isEmpty ? leaf : prefix + separator + leaf
  }
}
