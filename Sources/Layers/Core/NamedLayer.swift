/// A layer under a name of the user's in a ``Sequential``.
public struct NamedLayer: Layer {
  public let label: String
  let layer: any Layer

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { layer(x, in: scope) }
}

extension Layer {
  /// This layer under `name` in a ``Sequential``, and so in paths.
  public func named(_ name: String) -> NamedLayer { NamedLayer(label: name, layer: self) }
}
