import Configuration

/// Which values of the forward pass a training step doesn't keep for the backward pass, but computes again: less memory
/// for more time (Chen et al. 2016, https://arxiv.org/abs/1604.06174).
public enum GradientCheckpointing: String, Sendable, Hashable, CaseIterable {
  /// All are kept, but for those in layers that are ``Layer/checkpointed()``.
  case none
  /// Of a ``Block`` nothing but its inputs is kept.
  case blocks
}

/// A layer of which a model has several, one after the other: a residual block, a layer of a transformer.
///
/// It is what ``GradientCheckpointing/blocks`` computes again.
/// ```swift
/// struct Residue: Block {
///   func forward(_ x: Tensor, in scope: Scope) -> Tensor {
///     x + Dense(x.shape.last)(ReLU()(x), in: scope["dense"])
///   }
/// }
/// ```
public protocol Block: Layer {}

/// A layer whose values gradients compute again; see ``Layer/checkpointed()``.
public struct Checkpointed: ComposableLayer {
  public static let declaration = Declaration(
    "checkpointed", "a layer that the backward pass computes again, which takes less memory and more time",
    standard: Checkpointed(Sequential([])),
    reference: Reference(
      "Chen et al.", 2016, "Training Deep Nets with Sublinear Memory Cost", "https://arxiv.org/abs/1604.06174"),
    settings: [.required("layer", \.layer, .layer, "the layer", example: "checkpointed(sequential([dense(64), relu]))")]
  )

  public internal(set) var layer: any Layer

  public init(_ layer: any Layer) { self.layer = layer }

  public var label: String { layer.label }
  public var takesImages: Bool { [layer].takeImages }
  public func fitted(outputs: Int) -> any Layer { Checkpointed([layer].fitted(outputs: outputs)[0]) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    scope.checkpoint { layer(x, in: scope) }
  }
}

extension Layer {
  /// This layer, with its inputs kept for the backward pass and everything else in it computed again: less memory for
  /// more time. Results, state and random numbers are those of the layer, and so are paths.
  ///
  /// ```swift
  /// Sequential { Sequential { Dense(64); GELU(); Dense(64); GELU() }.checkpointed(); Dense(10) }
  /// ```
  public func checkpointed() -> Checkpointed { Checkpointed(self) }
}
