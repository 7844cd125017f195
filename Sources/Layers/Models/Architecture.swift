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
