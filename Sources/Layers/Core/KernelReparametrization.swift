import Configuration

/// What a layer uses in place of its kernel, a function of the kernel that gradients go through.
protocol KernelReparametrization: Layer {
  var layer: any Layer { get }
  /// - Parameters:
  ///   - kernel: `[…, outputs]`, of `float32` or wider.
  ///   - scope: of the layer that the kernel belongs to.
  func reparametrized(_ kernel: Tensor, in scope: Scope) -> Tensor
}

extension KernelReparametrization {
  public var label: String { layer.label }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { layer(x, in: scope.reparametrized(by: self)) }
}

/// A layer, or several, whose kernels are standardized: of the weights of each output the mean is 0 and the variance 1
/// (Qiao et al. 2019). Convolutions before a group normalization train as with a batch normalization.
///
/// The variance is that of the weights themselves, with ε added inside the root, as in timm's `StdConv2d`.
public struct WeightStandardized: ComposableLayer, KernelReparametrization {
  public static let declaration = Declaration(
    "weightStandardized", "a layer whose kernels are standardized, for each output by itself",
    standard: WeightStandardized(Sequential([])),
    reference: Reference(
      "Qiao et al.", 2019, "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization",
      "https://arxiv.org/abs/1903.10520"),
    settings: [
      .required("layer", \.layer, .layer, "the layer", example: "weightStandardized(conv2D(32, 3))"),
      Setting("epsilon", \.epsilon, .nonNegative, "ε, added to the variance"),
    ])

  public internal(set) var layer: any Layer
  public var epsilon: Double

  public init(_ layer: any Layer, epsilon: Double = 1e-6) { (self.layer, self.epsilon) = (layer, epsilon) }

  public var takesImages: Bool { [layer].takeImages }
  public func fitted(outputs: Int) -> any Layer {
    WeightStandardized([layer].fitted(outputs: outputs)[0], epsilon: epsilon)
  }

  func reparametrized(_ kernel: Tensor, in scope: Scope) -> Tensor {
    let axes = Array(0..<Swift.max(kernel.rank - 1, 0))
    let centered = kernel - kernel.mean(axes, keepDims: true)
    return centered * (centered.squared().mean(axes, keepDims: true) + epsilon).rsqrt()
  }
}

/// A layer, or several, whose kernels are divided by their largest singular value (spectral normalization, Miyato et al.
/// 2018), as PyTorch's `spectral_norm`.
///
/// A kernel counts as a matrix with a column for each output. Two vectors, part of the model's state, follow its singular
/// vectors by one power iteration in each training step; no gradient goes through them. They begin at random, so it takes
/// some steps until the value is right.
public struct SpectrallyNormalized: ComposableLayer, KernelReparametrization {
  public static let declaration = Declaration(
    "spectrallyNormalized", "a layer whose kernels are divided by their largest singular value",
    standard: SpectrallyNormalized(Sequential([])),
    reference: Reference(
      "Miyato et al.", 2018, "Spectral Normalization for Generative Adversarial Networks",
      "https://arxiv.org/abs/1802.05957"),
    settings: [
      .required("layer", \.layer, .layer, "the layer", example: "spectrallyNormalized(dense(10))"),
      Setting("iterations", \.iterations, .integer(in: 1...100), "power iterations per training step"),
    ])

  public internal(set) var layer: any Layer
  public var iterations: Int

  public init(_ layer: any Layer, iterations: Int = 1) { (self.layer, self.iterations) = (layer, iterations) }

  public var takesImages: Bool { [layer].takeImages }
  public func fitted(outputs: Int) -> any Layer {
    SpectrallyNormalized([layer].fitted(outputs: outputs)[0], iterations: iterations)
  }

  func reparametrized(_ kernel: Tensor, in scope: Scope) -> Tensor {
    if let diagnostic = kernel.diagnostic { return .failed(diagnostic) }
    let outputs = kernel.shape.last
    let matrix = kernel.reshape(to: [kernel.shape.elementCount / Swift.max(outputs, 1), outputs])
    func normalized(_ x: Tensor) -> Tensor { x / x.squared().sum().sqrt().maximum(1e-12) }
    func vector(_ name: String, _ size: Int) -> Tensor {
      normalized(scope.state(name, [size], .normal(deviation: 1), dtype: kernel.dtype))
    }
    func product(_ vector: Tensor, _ matrix: Tensor) -> Tensor { vector.expand(at: 0).matmul(matrix).squeeze(0) }
    var (left, right) = (vector("left", matrix.shape[0]), vector("right", outputs))
    if scope.isTraining, !scope.isFrozen("left") {
      let fixed = matrix.stopGradient()
      for _ in 0..<iterations {
        right = normalized(product(left, fixed))
        left = normalized(product(right, fixed.transpose()))
      }
      (left, right) = (left.stopGradient(), right.stopGradient())
      scope.update("left", left)
      scope.update("right", right)
    }
    return kernel / (product(left, matrix) * right).sum()
  }
}

extension Layer {
  /// This layer with standardized kernels.
  public func weightStandardized() -> WeightStandardized { WeightStandardized(self) }

  /// This layer with kernels divided by their largest singular value.
  public func spectrallyNormalized() -> SpectrallyNormalized { SpectrallyNormalized(self) }
}
