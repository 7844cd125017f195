import Layers
import OrderedCollections
import Tensors

/// How another framework names and lays out the weights of the same model.
///
/// ```swift
/// let trainer = try Trainer(
///   model: Sequential { Dense(8); ReLU(); Dense(3) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()), inputs: TensorType(.float32, [1, 4]))
/// let layout = WeightLayout.pyTorch.renaming(["dense1": "0", "dense2": "2"])
/// print(try layout.exported(trainer.variables).tensors.keys)  // ["0.weight", "0.bias", "2.weight", "2.bias"]
/// ```
/// To support another layer's parameters, add a rule. Rules are in order of precedence: for PyTorch, the kernel of a
/// convolution of volumes would be `WeightRule("kernel", rank: 5, as: "weight", axes: [4, 3, 0, 1, 2])`. An array
/// without a rule keeps its name and axes.
///
/// Two things follow from the model's structure instead: the order of features that were images before flattening, and
/// how the parameters of recurrent cells are divided.
public struct WeightLayout: Sendable {
  public var rules: [WeightRule]
  /// Between the parts of a name in the other framework.
  public var separator: String
  /// Module names that differ in the other framework, by their paths here: `["dense1": "0"]`.
  public var modules: [String: String]
  /// Whether the other framework's images are `[batch, channels, height, width]`, and flattened in that order.
  public var isChannelsFirst: Bool
  /// The framework whose recurrent cells' parameters these are; nil treats them as any other parameters.
  public var cells: RecurrentConvention?
  /// Last parts of names that are ignored when reading.
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

  /// Paths and axes as in Tanren.
  public static let tanren = WeightLayout()

  /// As in a state dictionary: `dense1.weight [units, inputs]`, `dense1.bias`, `batchNorm1.running_mean`. A batch
  /// normalization's `num_batches_tracked` is neither read nor written; PyTorch loads the rest without it.
  public static let pyTorch = WeightLayout(
    rules: [
      WeightRule("kernel", rank: 2, as: "weight", axes: [1, 0]),
      WeightRule("kernel", rank: 3, as: "weight", axes: [2, 1, 0]),
      WeightRule("kernel", rank: 4, as: "weight", axes: [3, 2, 0, 1]),
      WeightRule("in_proj_kernel", rank: 2, as: "in_proj_weight", axes: [1, 0]),
      WeightRule("slope", as: "weight"),
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

  /// The name of a module's array `leaf` in the other framework.
  func name(_ leaf: String, of module: String) -> String {
    let prefix = modules[module] ?? module.split(separator: "/").joined(separator: separator)
    return prefix.isEmpty ? leaf : prefix + separator + leaf
  }
}

/// The name of a kind of parameter in another framework, and the order of its axes there.
public struct WeightRule: Sendable, Equatable {
  /// The last part of the parameter's path here: `kernel`.
  public var name: String
  /// Number of axes of the arrays that the rule applies to, nil for any.
  public var rank: Int?
  /// The last part of its name in the other framework: `weight`.
  public var foreignName: String
  /// For each axis in the other framework the axis here, nil if they are the same.
  public var axes: [Int]?

  public init(_ name: String, rank: Int? = nil, as foreignName: String, axes: [Int]? = nil) {
    (self.name, self.rank, self.foreignName, self.axes) = (name, rank, foreignName, axes)
  }
}

extension WeightLayout {
  /// A model's parameters and state in this layout.
  /// - Parameter records: the model's structure, from `trace`; without it features of flattened images keep their
  ///   order, and recurrent cells' parameters their division.
  /// - Throws: ``WeightError``; `EngineError` if the arrays cannot be computed.
  public func exported(_ variables: ModelVariables, records: [LayerRecord] = []) throws -> Safetensors {
    let all = variables.parameters.merging(variables.state)
    var moved = TensorTree()
    for mapping in try mappings(for: all, records: records) { moved[mapping.name] = mapping.exported(all) }
    var file = Safetensors()
    for (name, tensor) in try moved.evaluate().pairs { file.tensors[name] = try tensor.hostArray() }
    return file
  }

  /// A model's variables with the values of a file in this layout. Floating-point arrays are converted to the model's type.
  ///
  /// - Parameters:
  ///   - variables: the model's own, for their paths and types.
  ///   - records: as for ``exported(_:records:)``.
  /// - Throws: ``WeightError``, which lists everything that doesn't fit.
  public func imported(
    _ file: Safetensors, for variables: ModelVariables, records: [LayerRecord] = []
  ) throws -> ModelVariables {
    let all = variables.parameters.merging(variables.state)
    let assignment = assigning(file.tensors, to: all, by: try mappings(for: all, records: records))
    let match = assignment.match
    guard match.isComplete else {
      throw WeightError.differentModel(
        missing: match.missing, unexpected: match.unexpected, mismatched: match.mismatched)
    }
    let read = try assignment.values.evaluate()
    return ModelVariables(
      parameters: variables.parameters.map { path, tensor in read[path] ?? tensor },
      state: variables.state.map { path, tensor in read[path] ?? tensor })
  }
}
