import Configuration

/// A model that can be chosen by name. The data determine its inputs and outputs.
///
/// ```swift
/// try MLPArchitecture(hidden: [100]).model(outputs: 10).summary(for: TensorType(.float32, [1, 784]))
/// ```
public protocol Architecture: Configurable {
  /// The model.
  /// - Parameter outputs: the number of classes, or of values to predict.
  func model(outputs: Int) -> any Layer

  /// The model, for architectures that need to know more about their inputs; by default it is ``model(outputs:)``.
  func model(for inputs: ModelInputs, outputs: Int) -> any Layer

  /// Whether the model makes sense of inputs that number categories; by default it doesn't.
  var takesCategories: Bool { get }

  /// Whether the model has weights that the run's seed draws and that aren't parameters, so that models of other seeds are
  /// others; by default it doesn't.
  var isDrawnBySeed: Bool { get }
}

extension Architecture {
  public var takesCategories: Bool { false }
  public var isDrawnBySeed: Bool { false }

  public func model(for inputs: ModelInputs, outputs: Int) -> any Layer { model(outputs: outputs) }
}

/// What a model has to know about its run besides the type of its inputs, which it sees when it is traced.
public struct ModelInputs: Sendable, Hashable {
  /// For each of the inputs at the end that number categories, how many categories there are.
  public var categories: [Int]
  /// The shape of an example's inputs, for models that are drawn before they are traced; nil if it isn't known.
  public var shape: [Int]?
  /// The shape of an example's targets; empty for a class.
  public var targets: [Int]
  /// The run's seed, for weights that are drawn and aren't parameters.
  public var seed: Int

  public init(categories: [Int] = [], shape: [Int]? = nil, targets: [Int] = [], seed: Int = 0) {
    (self.categories, self.shape, self.targets, self.seed) = (categories, shape, targets, seed)
  }
}

/// A model whose inputs may be tokens: integers that each stand for a vector. It takes them in any type that holds them
/// exactly, without preprocessing.
public protocol TokenModel: Layer {
  /// How many tokens there are, from 0; nil if inputs are no tokens.
  var vocabulary: Int? { get }
}

extension TokenModel {
  public var takesTokens: Bool { vocabulary != nil }
}

extension Tensor {
  /// Tokens as integers, whatever type a file had them in.
  var tokens: Tensor { dtype.isInteger ? self : cast(to: .int32) }
}

/// Layers one after the other, for images `[batch, height, width, channels]`. Images without channels,
/// `[batch, height, width]`, get one channel.
struct ImageModel: Layer {
  let label: String
  let layers: Sequential

  init(label: String, @LayerBuilder _ layers: () -> [any Layer]) {
    self.label = label
    self.layers = Sequential(layers)
  }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    layers.forward(x.rank == 3 ? x.expand(at: 3) : x, in: scope)
  }
}
