import Files

/// Why a checkpoint cannot be saved, loaded, or restored into a trainer. Earlier checkpoints are untouched.
public enum CheckpointError: Error, Sendable, Equatable {
  case file(FileFailure)
  /// The folder doesn't exist, or none of its checkpoints is complete.
  case noCheckpoint(folder: String)
  /// - Parameters:
  ///   - expected: size in bytes when the file was saved.
  ///   - actual: size in bytes now.
  case truncated(path: String, expected: Int, actual: Int)
  /// The contents aren't those that were saved. SHA-256 digests, in hexadecimal.
  case damaged(path: String, expected: String, actual: String)
  case malformed(path: String, reason: String)
  case newerFormat(path: String, version: Int, supported: Int)
  case tensors(SafetensorsError)
  /// - Parameters:
  ///   - missing: paths that only the trainer has.
  ///   - unexpected: paths that only the checkpoint has.
  ///   - mismatched: arrays whose types or shapes differ.
  case differentModel(missing: [String], unexpected: [String], mismatched: [TypeMismatch])
  case differentConfiguration(saved: String, expected: String)
  case invalidSetting(name: String, value: Int, requirement: String)
  case noNumberLeft(folder: String)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .noCheckpoint(let folder): "there is no complete checkpoint in \(folder). Check the path."
    case .truncated(let path, let expected, let actual):
      "\(path) had \(expected) bytes when it was saved, but now has \(actual). \(Self.remedy)"
    case .damaged(let path, let expected, let actual):
      "\(path) has changed since it was saved: its SHA-256 digest is \(actual), not \(expected). \(Self.remedy)"
    case .malformed(let path, let reason): "\(path) is not a valid checkpoint: \(reason). \(Self.remedy)"
    case .newerFormat(let path, let version, let supported):
      "\(path) has version \(version) of the format, but this program reads versions up to \(supported). "
        + "Use a newer program."
    case .tensors(let error): error.description
    case .differentModel(let missing, let unexpected, let mismatched):
      "the checkpoint belongs to another model or method"
        + Self.list("missing in the checkpoint", missing) + Self.list("not in the trainer", unexpected)
        + Self.list("of another type", mismatched.map(\.description))
        + ". Create the trainer with the model and method of the saved one."
    case .differentConfiguration(let saved, let expected):
      "the checkpoint belongs to another configuration" + Self.difference(saved, expected)
        + ". Choose another folder, or continue with the saved configuration."
    case .invalidSetting(let name, let value, let requirement): "\(name) is \(value), but must be \(requirement)"
    case .noNumberLeft(let folder): "the checkpoints in \(folder) have used up all numbers. Choose another folder."
    }
  }

  private static let remedy = "Copy it again, or load an older checkpoint of the folder by its number."

  private static func list(_ title: String, _ items: [String]) -> String {
    if items.isEmpty { return "" }
    let rest = items.count > 8 ? " and \(items.count - 8) more" : ""
    return "; \(title): \(items.prefix(8).joined(separator: ", "))\(rest)"
  }

  /// The first line that differs.
  private static func difference(_ saved: String, _ expected: String) -> String {
    let (old, new) = (saved.split(separator: "\n"), expected.split(separator: "\n"))
    for index in 0..<Swift.max(old.count, new.count) {
      let lines = (index < old.count ? old[index] : "", index < new.count ? new[index] : "")
      if lines.0 != lines.1 { return ": it has '\(lines.0)' instead of '\(lines.1)'" }
    }
    return ""
  }
}
