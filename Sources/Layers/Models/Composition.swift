import Configuration

/// A model that is composed of layers by name.
///
/// ```swift
/// let network = try SequentialArchitecture(parsing: "[conv2D(32, size: 3), relu, maxPool(2), flatten, dense(10)]")
/// let model = network.model(outputs: 10)
/// ```
/// In plans and commands the list stands for the model: `model: [flatten, dense(64), relu, dense(10)]`. The paths are
/// those of a ``Sequential``: `conv2D1`, `relu1`, …
public struct SequentialArchitecture: Architecture {
  public static let declaration = Declaration(
    "sequential", "layers one after the other; the list alone will do: [flatten, dense(64), relu, dense]",
    standard: SequentialArchitecture([]),
    settings: [.required("layers", \.layers, .layers, "the layers", example: "sequential([flatten, dense(10)])")])

  /// What a list stands for where a model is named.
  package static let notation = (method: "sequential", setting: "layers")

  public var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers of a list as people write it.
  /// - Throws: `ConfigurationError` for text that can't be read, and for unknown layers and settings.
  public init(parsing text: String, origin: String = "") throws(ConfigurationError) {
    var options = Options(["model": try OptionValue(parsing: text, origin: origin)], origin: origin)
    let choice = try options.choice("model", default: MethodSpec(""), list: Self.notation)
    guard let made = try Registry<any Architecture>.all.build(choice) as? SequentialArchitecture else {
      throw .invalid(message: "'\(text)' is no list of layers: write [flatten, dense(10)]", origin: origin)
    }
    self = made
  }

  public func model(outputs: Int) -> any Layer {
    ComposedModel(layers: Sequential(layers.fitted(outputs: outputs)), outputs: outputs)
  }
}

/// Layers one after the other whose last must have the outputs that the data ask for.
private struct ComposedModel: TokenModel {
  let layers: Sequential
  let outputs: Int

  var label: String { SequentialArchitecture.name }
  var vocabulary: Int? { layers.vocabulary }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    // As for the convolutional networks by name: images without channels get one.
    let isGray = x.rank == 3 && layers.layers.takeImages
    let y = layers.forward(isGray ? x.expand(at: 3) : takesTokens ? x.tokens : x, in: scope)
    guard y.diagnostic == nil, y.rank >= 1, y.shape.dropFirst().reduce(1, *) != outputs else { return y }
    let found = Shape(y.shape.dropFirst())
    let message =
      "the model gives \(found.elementCount) outputs of the shape \(found) per example, but the data need \(outputs): "
      + "end with 'dense', which has as many as the data need, or 'dense(\(outputs))'"
    return TraceContext.$path.withValue(layers.names.last.map { scope[$0].path } ?? scope.path) {
      .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
  }
}
