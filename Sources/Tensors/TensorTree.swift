import OrderedCollections

/// Tensors by path, in order: a model's parameters, an optimizer's state.
///
/// Paths are names joined by `/`: `dense1/kernel`. Everything that works on parameters (optimizers,
/// sharpness-aware rules, averages, checkpoints, exclusions by pattern) works on trees, whatever the model.
///
/// ```swift
/// var weights = TensorTree([("dense/kernel", Tensor.ones([3, 2])), ("dense/bias", Tensor.zeros([2]))])
/// weights["scale"] = Tensor(2)
/// let halved = weights.mapValues { $0 * 0.5 }
/// print(halved[under: "dense"].paths, weights.elementCount)  // ["kernel", "bias"] 9
/// ```
public struct TensorTree: Sendable {
  private var storage: OrderedDictionary<String, Tensor> = [:]

  public init() {}

  public init(_ pairs: some Sequence<(path: String, tensor: Tensor)>) {
    for (path, tensor) in pairs { storage[path] = tensor }
  }

  public var paths: [String] { Array(storage.keys) }
  public var tensors: [Tensor] { Array(storage.values) }
  public var types: [TensorType] { storage.values.map(\.type) }
  public var isEmpty: Bool { storage.isEmpty }
  /// How many tensors there are.
  public var count: Int { storage.count }
  /// How many numbers there are in all.
  public var elementCount: Int { storage.values.reduce(0) { $0 + $1.shape.elementCount } }

  /// The tensor at a path, nil where there is none.
  public subscript(path: String) -> Tensor? {
    get { storage[path] }
    set { storage[path] = newValue }
  }

  /// Each tensor with its path.
  public var pairs: [(path: String, tensor: Tensor)] { storage.map { ($0.key, $0.value) } }

  /// A tree of the same paths.
  public func mapValues(_ transform: (Tensor) throws -> Tensor) rethrows -> TensorTree {
    var tree = self
    tree.storage = try storage.mapValues(transform)
    return tree
  }

  /// A tree of the same paths, whose tensors are made from path and tensor.
  public func map(_ transform: (String, Tensor) throws -> Tensor) rethrows -> TensorTree {
    TensorTree(try pairs.map { ($0.path, try transform($0.path, $0.tensor)) })
  }

  /// Combines the tensors of equal paths. A path that `other` lacks gives a failed tensor.
  public func zip(
    _ other: TensorTree, file: String = #fileID, line: Int = #line, _ transform: (Tensor, Tensor) -> Tensor
  ) -> TensorTree {
    map { path, tensor in
      guard let partner = other[path] else {
        return .failed(
          Diagnostic(
            operation: "tree", message: "no tensor '\(path)' in the other tree, which has \(other.paths)",
            file: file, line: line))
      }
      return transform(tensor, partner)
    }
  }

  /// The part of the tree whose paths are included.
  public func filter(_ isIncluded: (String) -> Bool) -> TensorTree {
    TensorTree(pairs.filter { isIncluded($0.path) })
  }

  /// A tree of the same paths with other tensors, in order: what a program returned, for example.
  public func with(_ tensors: some Sequence<Tensor>) -> TensorTree {
    TensorTree(Swift.zip(storage.keys, tensors).map { ($0, $1) })
  }

  /// The tree as a part of a larger one.
  public func nested(under name: String) -> TensorTree {
    TensorTree(pairs.map { ("\(name)/\($0.path)", $0.tensor) })
  }

  /// The part below `name`.
  public subscript(under name: String) -> TensorTree {
    let prefix = name + "/"
    return TensorTree(
      storage.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }

  /// Adds the tensors of `other`, replacing those of equal paths.
  public mutating func merge(_ other: TensorTree) {
    for (path, tensor) in other.storage { storage[path] = tensor }
  }

  /// This tree with the tensors of `other`, which replace those of equal paths.
  public func merging(_ other: TensorTree) -> TensorTree {
    var tree = self
    tree.merge(other)
    return tree
  }

  /// The square root of the sum of all squares.
  public func globalNorm() -> Tensor {
    let sums = tensors.map { $0.squared().sum() }
    return sums.dropFirst().reduce(sums.first ?? Tensor(0), +).sqrt()
  }

  /// All tensors computed, in one program.
  public func evaluate() throws -> TensorTree { with(try Tensor.evaluate(tensors)) }
}
