/// Layers one after the other, for images `[batch, height, width, channels]`; images without channels,
/// `[batch, height, width]`, get one.
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
