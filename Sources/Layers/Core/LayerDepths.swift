import OrderedCollections

/// Where in a model some parameters are, from the inputs to the outputs.
public enum DepthGroup: Sendable, Hashable, Comparable {
  /// Before the blocks.
  case stem
  /// In a block, numbered within its stage, say; the numbers are compared one after the other.
  case block([Int])
  /// After the blocks, in one group with the last of them: a final normalization.
  case closing
  case head

  public static func < (one: DepthGroup, other: DepthGroup) -> Bool {
    if case .block(let first) = one, case .block(let second) = other { return first.lexicographicallyPrecedes(second) }
    return one.rank < other.rank
  }

  private var rank: Int {
    switch self {
    case .stem: 0
    case .block: 1
    case .closing: 2
    case .head: 3
    }
  }

  /// The block whose numbers are in these parts of a path: those of `layer2` and `0` are 2 and 0; at most `count` numbers.
  static func block(_ parts: [String], _ places: Int..., count: Int = .max) -> DepthGroup {
    let numbers = places.filter(parts.indices.contains).flatMap { place in
      parts[place].matches(of: /[0-9]+/).compactMap { Int($0.0) }
    }
    return .block(Array(numbers.prefix(count)))
  }
}

/// A model that says which of its parameters are equally deep, for learning rates that decay from layer to layer. In other
/// models each layer with a kernel begins a group, and what follows without one, such as a normalization, belongs to it.
///
/// ```swift
/// struct TwoBlocks: DepthGrouping {
///   func forward(_ x: Tensor, in scope: Scope) -> Tensor {
///     Dense(2)(Dense(4)(Dense(4)(x, in: scope["block0"]), in: scope["block1"]), in: scope["head"])
///   }
///   func depthGroup(of path: [String]) -> DepthGroup {
///     path.first == "head" ? .head : .block(path.first == "block0" ? [0] : [1])
///   }
/// }
/// let (_, variables) = try TwoBlocks().trace(TensorType(.float32, [1, 3]))
/// print(TwoBlocks().depths(of: variables.parameters)["block0/kernel"] ?? 0)  // 2
/// ```
public protocol DepthGrouping: Layer {
  /// The group of a parameter.
  /// - Parameter path: the parts of its path, two or more: `["layer1", "0", "conv1", "kernel"]`.
  func depthGroup(of path: [String]) -> DepthGroup
}

extension Layer {
  /// For each parameter, by path, the number of groups between it and the outputs: 0 for the head.
  public func depths(of parameters: TensorTree) -> [String: Int] {
    var groups: [String: DepthGroup] = [:]
    var (layer, count): (String?, Int) = (nil, 0)
    // A layer's kernel may come after its other parameters.
    let kernels = Set(parameters.pairs.filter { $0.tensor.rank > 1 }.map { Self.layer(of: $0.path) })
    for path in parameters.paths {
      if let model = self as? any DepthGrouping {
        groups[path] = model.depthGroup(of: path.split(separator: "/").map(String.init))
        continue
      }
      let own = Self.layer(of: path)
      if own != layer, kernels.contains(own) { count += 1 }
      layer = own
      groups[path] = .block([count])
    }
    let lastBlock = groups.values.filter { $0 < .closing }.max() ?? .closing
    groups = groups.mapValues { $0 == .closing ? lastBlock : $0 }
    let order = Set(groups.values).sorted(by: >)
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    return groups.compactMapValues { places[$0] }
  }

  /// The first part of a path.
  private static func layer(of path: String) -> String { String(path.prefix { $0 != "/" }) }
}
