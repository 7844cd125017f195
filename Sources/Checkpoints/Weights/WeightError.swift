/// Why weights cannot be converted to or from another framework's layout.
public enum WeightError: Error, Sendable, Equatable, CustomStringConvertible {
  /// - Parameters:
  ///   - missing: names that the model needs and the file lacks.
  ///   - unexpected: names in the file that the model doesn't need.
  ///   - mismatched: arrays whose type or shape differs from the model's.
  case differentModel(missing: [String], unexpected: [String], mismatched: [TypeMismatch])
  /// Two of the model's arrays would have the same name.
  case sharedName(String, paths: [String])
  /// A rule's axes aren't a permutation of the array's axes.
  case invalidAxes(path: String, axes: [Int], rank: Int)
  /// The other framework has no layer that computes this.
  case inexpressible(path: String, reason: String)

  public var description: String {
    switch self {
    case .differentModel(let missing, let unexpected, let mismatched):
      "the file's weights belong to another model"
        + (missing.isEmpty ? "" : "; missing: \(missing.joined(separator: ", "))")
        + (unexpected.isEmpty ? "" : "; unexpected: \(unexpected.joined(separator: ", "))")
        + (mismatched.isEmpty ? "" : "; of another type: \(mismatched.map(\.description).joined(separator: ", "))")
        + ". If only the names of modules differ, rename them in the layout."
    case .sharedName(let name, let paths):
      "\(paths.joined(separator: " and ")) would both be named '\(name)': rename the modules in the layout"
    case .invalidAxes(let path, let axes, let rank):
      "the layout's axes \(axes) for \(path) aren't a permutation of its \(rank) axes"
    case .inexpressible(let path, let reason): "\(path) cannot be expressed in the layout: \(reason)"
    }
  }
}
