import Arrays
import OrderedCollections
import Tensors

/// The values of a file's arrays for a model's, not computed yet, and how they fit.
struct WeightAssignment {
  var values = TensorTree()
  var match = WeightMatch()

  /// The number of names that fit.
  var score: Int { match.loaded.count + match.mismatched.count }

  func named(_ naming: String, renamed: [WeightMatch.Renaming] = []) -> WeightAssignment {
    var assignment = self
    (assignment.match.naming, assignment.match.renamed) = (naming, renamed)
    return assignment
  }
}

extension WeightLayout {
  /// Assigns arrays to a model's by their names in this layout.
  /// - Parameter head: paths that keep their values.
  func assigning(
    _ arrays: OrderedDictionary<String, HostArray>, to variables: TensorTree, by mappings: [WeightMapping],
    head: Set<String> = []
  ) -> WeightAssignment {
    var assignment = WeightAssignment()
    for mapping in mappings {
      guard let expected = mapping.exported(variables)?.type else { continue }
      if let path = mapping.paths.first, head.contains(path) {
        assignment.match.head += mapping.paths
        continue
      }
      guard let array = arrays[mapping.name] else {
        assignment.match.missing.append(mapping.name)
        continue
      }
      let actual = TensorType(array.dtype, Shape(array.shape))
      let isConvertible = actual.dtype.isFloatingPoint && expected.dtype.isFloatingPoint
      guard actual.shape == expected.shape, actual.dtype == expected.dtype || isConvertible else {
        assignment.match.mismatched.append(TypeMismatch(path: mapping.name, expected: expected, actual: actual))
        continue
      }
      if actual.dtype != expected.dtype { assignment.match.converted.append(mapping.name) }
      for (path, tensor) in mapping.imported(Tensor(array).cast(to: expected.dtype)) {
        if assignment.values[path] == nil { assignment.match.loaded.append(path) }
        assignment.values[path] = assignment.values[path].map { $0 + tensor } ?? tensor
      }
    }
    let names = Set(mappings.map(\.name))
    for name in arrays.keys where !names.contains(name) {
      if isPassedOver(name) { assignment.match.ignored.append(name) } else { assignment.match.unexpected.append(name) }
    }
    return assignment
  }

  /// Whether an array of this name is ignored.
  func isPassedOver(_ name: String) -> Bool {
    passedOver.contains { name == $0 || name.hasSuffix(separator + $0) }
  }
}

/// Layers of a file that are matched with a model's by their kind and order, since their names say nothing else.
struct ModuleAlignment {
  /// The file's arrays by the names that the layout expects.
  private(set) var arrays: OrderedDictionary<String, HostArray> = [:]
  private(set) var renamed: [WeightMatch.Renaming] = []

  /// The arrays of a layer: their last names and numbers of axes.
  private typealias Kind = [String: Int]

  /// nil if there are not as many layers of each kind, or if their names differ by more than a number.
  init?(
    _ mappings: [WeightMapping], _ variables: TensorTree, _ found: OrderedDictionary<String, HostArray>,
    _ layout: WeightLayout, head: Set<String>
  ) {
    func split(_ name: String) -> (module: String, leaf: String) {
      guard let range = name.ranges(of: layout.separator).last else { return ("", name) }
      return (String(name[..<range.lowerBound]), String(name[range.upperBound...]))
    }
    var own: OrderedDictionary<String, Kind> = [:]
    var (paths, heads): ([String: String], Set<String>) = ([:], [])
    for mapping in mappings {
      let (module, leaf) = split(mapping.name)
      own[module, default: [:]][leaf] = mapping.exported(variables)?.shape.rank ?? 0
      guard let path = mapping.paths.first else { continue }
      paths[module] = path.split(separator: "/").dropLast().joined(separator: "/")
      if head.contains(path) { heads.insert(module) }
    }
    var there: OrderedDictionary<String, Kind> = [:]
    for (name, array) in found where !layout.isPassedOver(name) {
      let (module, leaf) = split(name)
      there[module, default: [:]][leaf] = array.shape.count
    }
    var names: [String: String] = [:]
    var kinds: [Kind] = []
    for kind in own.values where !kinds.contains(kind) {
      kinds.append(kind)
      var modules = own.filter { $0.value == kind }.map(\.key)
      let others = there.filter { $0.value == kind }.map(\.key)
      // A file without a head has one layer less.
      if modules.count > others.count { modules.removeAll(where: heads.contains) }
      guard modules.count == others.count, let ordered = Self.inOrder(others) else { return nil }
      for (module, other) in zip(modules, ordered) {
        names[other] = module
        renamed.append(WeightMatch.Renaming(there: other, here: paths[module] ?? module))
      }
    }
    for (name, array) in found {
      let (module, leaf) = split(name)
      let renamed = names[module].map { $0.isEmpty ? leaf : $0 + layout.separator + leaf }
      arrays[layout.isPassedOver(name) ? name : renamed ?? name] = array
    }
  }

  /// The names in the order of the one number in which they differ; nil if they differ in anything else. Keras leaves
  /// the first number out: `dense`, `dense_1`.
  private static func inOrder(_ names: [String]) -> [String]? {
    if names.count < 2 { return names }
    // Texts and numbers in turns.
    let parts = names.map { $0.matches(of: /[0-9]+|[^0-9]+/).map { String($0.0) } }
    let count = parts.map(\.count).max() ?? 0
    let padded = parts.map { (parts: [String]) -> [String] in
      switch (parts.last, count - parts.count) {
      case (let last?, 1): return parts.dropLast() + [last + "_", "0"]
      case (_, 2): return parts + ["_", "0"]
      default: return parts
      }
    }
    guard padded.allSatisfy({ $0.count == count }) else { return nil }
    let different = (0..<count).filter { place in Set(padded.map { $0[place] }).count > 1 }
    guard different.count == 1, let place = different.first else { return nil }
    let numbers = padded.compactMap { Int($0[place]) }
    guard numbers.count == names.count else { return nil }
    return zip(numbers, names).sorted { $0.0 < $1.0 }.map(\.1)
  }
}
