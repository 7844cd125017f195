import Files
import Formats

/// Why weights cannot be converted to or from another framework's layout.
public enum WeightError: Error, Sendable, Equatable, CustomStringConvertible {
  /// - Parameters:
  ///   - missing: names that the model needs and the file lacks.
  ///   - unexpected: names in the file that the model doesn't need.
  ///   - mismatched: arrays whose type or shape differs from the model's.
  case differentModel(missing: [String], unexpected: [String], mismatched: [TypeMismatch])
  /// As ``differentModel(missing:unexpected:mismatched:)``, of a file.
  case unfit(path: String, WeightMatch)
  /// Not one of a file's names is one of the model's.
  case nothingFits(path: String, found: [String], wanted: [String])
  case file(FileFailure)
  case safetensors(SafetensorsError)
  /// A damaged NPZ file.
  case archive(DatasetError)
  /// A file of another kind.
  case unreadable(path: String, format: WeightFileFormat)
  /// Two of the model's arrays would have the same name.
  case sharedName(String, paths: [String])
  /// A rule's axes aren't a permutation of the array's axes.
  case invalidAxes(path: String, axes: [Int], rank: Int)
  /// The other framework has no layer that computes this.
  case inexpressible(path: String, reason: String)

  public var description: String {
    switch self {
    case .differentModel(let missing, let unexpected, let mismatched):
      "the file's weights belong to another model" + Self.differences(missing, unexpected, mismatched)
        + ". If only the names of modules differ, rename them in the layout."
    case .unfit(let path, let match):
      "\(path) holds another model's weights, by \(match.naming)'s names"
        + Self.differences(match.missing, match.unexpected, match.mismatched)
        + ". Choose the model they belong to; 'head: new' replaces the last layer, and 'partialWeights: true' loads "
        + "what fits."
    case .nothingFits(let path, let found, let wanted):
      "no array of \(path) has a name of the model's: the file has \(Self.list(found)), the model "
        + "\(Self.list(wanted)). Rename the file's arrays after the model's."
    case .file(let failure): failure.description
    case .safetensors(let error): error.description
    case .archive(let error): error.description
    case .unreadable(let path, let format): "\(path) is \(format.name), which isn't read. \(format.remedy)"
    case .sharedName(let name, let paths):
      "\(paths.joined(separator: " and ")) would both be named '\(name)': rename the modules in the layout"
    case .invalidAxes(let path, let axes, let rank):
      "the layout's axes \(axes) for \(path) aren't a permutation of its \(rank) axes"
    case .inexpressible(let path, let reason): "\(path) cannot be expressed in the layout: \(reason)"
    }
  }

  private static func differences(_ missing: [String], _ unexpected: [String], _ mismatched: [TypeMismatch]) -> String {
    [("missing", missing), ("unexpected", unexpected), ("of another type", mismatched.map(\.description))]
      .filter { !$0.1.isEmpty }.map { "; \($0.0): \(list($0.1))" }.joined()
  }

  private static func list(_ items: [String]) -> String {
    items.prefix(12).joined(separator: ", ") + (items.count > 12 ? " and \(items.count - 12) more" : "")
  }
}
