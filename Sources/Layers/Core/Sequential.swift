import Configuration

/// Layers one after the other.
///
/// ```swift
/// Sequential { Dense(100); ReLU(); Dense(10) }
/// ```
/// Each layer's path is its label and its number among layers of the same label: `dense1`, `relu1`, `dense2`. Adding a
/// dropout thus renames no other layer. ``Layer/named(_:)`` sets another name.
public struct Sequential: ComposableLayer, TokenModel {
  public static let declaration = Declaration(
    "sequential", "layers one after the other, with a path of their own", standard: Sequential([]),
    settings: [.required("layers", \.layers, .layers, "the layers", example: "sequential([dense(64), relu])")])

  public internal(set) var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  public var takesImages: Bool { layers.takeImages }
  public var vocabulary: Int? { layers.vocabulary }
  public func fitted(outputs: Int) -> any Layer { Sequential(layers.fitted(outputs: outputs)) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    zip(layers, names).reduce(x) { x, entry in
      let (layer, name) = entry
      return ((layer as? NamedLayer)?.layer ?? layer)(x, in: scope[name])
    }
  }

  /// What each layer is called in paths.
  var names: [String] {
    var counts: [String: Int] = [:]
    return layers.map { layer in
      if let name = layer.givenName { return name }
      counts[layer.label, default: 0] += 1
      return "\(layer.label)\(counts[layer.label, default: 0])"
    }
  }
}

/// A layer with a name of your own in a ``Sequential``.
public struct NamedLayer: ComposableLayer {
  public static let declaration = Declaration(
    "named", "a layer with a name of your own in paths", standard: NamedLayer(label: "", layer: Sequential([])),
    settings: [
      .required("layer", \.layer, .layer, "the layer", example: "named(dense(10), as: head)"),
      .required("as", \.label, .pathPart, "its name in paths", example: "named(dense(10), as: head)"),
    ], unnamed: 2)

  public fileprivate(set) var label: String
  fileprivate(set) var layer: any Layer

  public var takesImages: Bool { [layer].takeImages }
  public func fitted(outputs: Int) -> any Layer {
    NamedLayer(label: label, layer: [layer].fitted(outputs: outputs)[0])
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { layer(x, in: scope) }
}

extension Layer {
  /// The name of one's own that the layer has; nil if it has none.
  fileprivate var givenName: String? {
    (self as? NamedLayer)?.label ?? (self as? Checkpointed)?.layer.givenName
  }

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

extension SettingFormat where Value == String {
  /// A layer's name in a path.
  fileprivate static var pathPart: SettingFormat {
    text.checked("letters, digits, '_' and '-'") { name in
      !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
    }
  }
}
