/// Layers one after the other.
///
/// ```swift
/// Sequential { Dense(100); ReLU(); Dense(10) }
/// ```
/// Each layer's path is its label and its number among layers of the same label: `dense1`, `relu1`, `dense2`. Adding a
/// dropout thus renames no other layer. ``Layer/named(_:)`` sets another name.
public struct Sequential: Layer {
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    var counts: [String: Int] = [:]
    return layers.reduce(x) { x, layer in
      if let named = layer as? NamedLayer { return named.layer(x, in: scope[named.label]) }
      counts[layer.label, default: 0] += 1
      return layer(x, in: scope["\(layer.label)\(counts[layer.label, default: 0])"])
    }
  }
}

/// A layer with a name of your own in a ``Sequential``.
public struct NamedLayer: Layer {
  public let label: String
  fileprivate let layer: any Layer

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { layer(x, in: scope) }
}

extension Layer {
  /// This layer with `name` in a ``Sequential``, and thus in paths.
  public func named(_ name: String) -> NamedLayer { NamedLayer(label: name, layer: self) }
}

/// Collects the layers of a ``Sequential``.
@resultBuilder public enum LayerBuilder {
  /// A line with a layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// A line with several layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// All lines in order.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap(\.self) }
  /// `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// `if`.
  public static func buildEither(first: [any Layer]) -> [any Layer] { first }
  /// `else`.
  public static func buildEither(second: [any Layer]) -> [any Layer] { second }
  /// `for`.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap(\.self) }
}
