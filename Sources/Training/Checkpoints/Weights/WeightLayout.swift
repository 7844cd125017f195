/// How another framework names and lays out the weights of the same model.
///
/// ```swift
/// try trainer.exportWeights(to: "model.safetensors", layout: .pyTorch)
/// ```
/// Another layer's parameters are a rule more, in order of precedence: a convolution's kernel would be
/// `WeightRule("kernel", rank: 4, as: "weight", axes: [3, 2, 0, 1])` for PyTorch. What no rule is for keeps its
/// name and axes.
public struct WeightLayout: Sendable {
  public var rules: [WeightRule]
  /// Between the parts of a name there.
  public var separator: String
  /// What modules are called there, by their paths here, where it isn't the same: `["dense1": "0"]`.
  public var modules: [String: String]

  public init(rules: [WeightRule] = [], separator: String = "/", modules: [String: String] = [:]) {
    (self.rules, self.separator, self.modules) = (rules, separator, modules)
  }

  /// As here: paths, axes.
  public static let tanren = WeightLayout()

  /// As in a state dictionary: `dense1.weight [units, inputs]`, `dense1.bias`, `embedding1.weight`.
  public static let pyTorch = WeightLayout(
    rules: [
      WeightRule("kernel", rank: 2, as: "weight", axes: [1, 0]),
      WeightRule("table", rank: 2, as: "weight"),
    ], separator: ".")

  /// As Keras names its layers' variables: `dense1/kernel [inputs, units]`, `dense1/bias`,
  /// `embedding1/embeddings`.
  public static let keras = WeightLayout(rules: [WeightRule("table", rank: 2, as: "embeddings")])

  /// The same layout with other names for modules.
  public func renaming(_ modules: [String: String]) -> WeightLayout {
    var layout = self
    layout.modules.merge(modules) { $1 }
    return layout
  }

  /// The name and order of axes for a parameter here.
  func place(of path: String, rank: Int) -> (name: String, axes: [Int]?) {
    let parts = path.split(separator: "/").map(String.init)
    let (module, leaf) = (parts.dropLast().joined(separator: "/"), parts.last ?? path)
    let rule = rules.first { $0.name == leaf && ($0.rank == nil || $0.rank == rank) }
    let prefix = modules[module] ?? module.split(separator: "/").joined(separator: separator)
    let name = rule?.foreignName ?? leaf
    return (prefix.isEmpty ? name : prefix + separator + name, rule?.axes)
  }
}
