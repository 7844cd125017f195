import Layers
import OrderedCollections
import Tensors

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

/// What a kind of parameter is called in another framework, and in which order that keeps its axes.
public struct WeightRule: Sendable, Equatable {
  /// The last part of the parameter's path here: `kernel`.
  public var name: String
  /// Axes of the arrays that the rule is for; nil for any number.
  public var rank: Int?
  /// The last part of its name there: `weight`.
  public var foreignName: String
  /// For each axis there the axis here; nil if they are the same.
  public var axes: [Int]?

  public init(_ name: String, rank: Int? = nil, as foreignName: String, axes: [Int]? = nil) {
    (self.name, self.rank, self.foreignName, self.axes) = (name, rank, foreignName, axes)
  }
}

extension WeightLayout {
  /// A model's parameters and state in this layout.
  /// - Parameter records: the model's structure, of `trace`; without it features of flattened images keep their
  ///   order and recurrent cells' parameters their division.
  /// - Throws: ``WeightError``; `EngineError` if the arrays can't be computed.
  public func exported(_ variables: ModelVariables, records: [LayerRecord] = []) throws -> Safetensors {
    let all = variables.parameters.merging(variables.state)
    var moved = TensorTree()
    for place in try places(for: all, records: records) { moved[place.name] = place.there(all) }
    var file = Safetensors()
    for (name, tensor) in try moved.evaluate().pairs { file.tensors[name] = try tensor.hostArray() }
    return file
  }

  /// A model's variables with the values of a file in this layout.
  ///
  /// - Parameters:
  ///   - variables: the model's own, for their paths and types.
  ///   - records: as for ``exported(_:records:)``.
  /// - Throws: ``WeightError``, with all that doesn't fit.
  public func imported(
    _ file: Safetensors, for variables: ModelVariables, records: [LayerRecord] = []
  ) throws -> ModelVariables {
    let all = variables.parameters.merging(variables.state)
    let places = try places(for: all, records: records)
    var values = TensorTree()
    var (missing, mismatched): ([String], [TypeMismatch]) = ([], [])
    for place in places {
      guard let expected = place.there(all)?.type else { continue }
      guard let array = file.tensors[place.name] else {
        missing.append(place.name)
        continue
      }
      let actual = TensorType(array.dtype, Shape(array.shape))
      guard actual == expected else {
        mismatched.append(TypeMismatch(path: place.name, expected: expected, actual: actual))
        continue
      }
      for (path, tensor) in place.here(Tensor(array)) { values[path] = values[path].map { $0 + tensor } ?? tensor }
    }
    let names = Set(places.map(\.name))
    let unexpected = Array(file.tensors.keys).filter { name in
      !names.contains(name) && !passedOver.contains { name == $0 || name.hasSuffix(separator + $0) }
    }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw WeightError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let read = try values.evaluate()
    return ModelVariables(
      parameters: variables.parameters.map { path, tensor in read[path] ?? tensor },
      state: variables.state.map { path, tensor in read[path] ?? tensor })
  }
}
