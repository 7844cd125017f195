import Tanren

/// `x + gain * W2 f(W1 x)`: a block that begins as the identity, since its gain begins at 0 (ReZero, Bachlechner et
/// al. 2021). It takes and gives `[batch, features]`.
struct ResidualBlock: Layer {
  var activation: any Activation = ReLU()

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let features = x.shape.last
    let inner = activation(Dense(features)(x, in: scope["first"]))
    // Parameters are asked for by name; their paths say where they are: "residualBlock1/gain".
    let gain = scope.parameter("gain", [], .zeros)
    return x + gain * Dense(features)(inner, in: scope["second"])
  }
}
