/// What is wrong with a configuration, where, and how to mend it.
public enum ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownName(kind: String, name: String, known: [String], origin: String)
  case unknownKey(key: String, owner: String, known: [String], origin: String)
  case duplicateKey(key: String, origin: String)
  case wrongType(key: String, expected: String, found: String, origin: String)
  case outOfRange(key: String, value: String, range: String, origin: String)
  case syntax(text: String, column: Int, message: String, origin: String)
  /// The configuration can't be read at all, or its parts contradict each other.
  case invalid(message: String, origin: String)

  public var description: String {
    switch self {
    case .unknownName(let kind, let name, let known, let origin):
      place(origin) + "there is no \(words(of: kind)) '\(name)'" + hint(name, known)
    case .unknownKey(let key, let owner, let known, let origin):
      place(origin) + "\(owner) has no setting '\(key)'"
        + (known.isEmpty ? ": it has none" : hint(key, known, of: owner))
    case .duplicateKey(let key, let origin): place(origin) + "'\(key)' is set twice"
    case .wrongType(let key, let expected, let found, let origin):
      place(origin) + "'\(key)' takes \(expected), not \(found)"
    case .outOfRange(let key, let value, let range, let origin):
      place(origin) + "'\(key)' is \(value), but must be \(range)"
    case .syntax(let text, let column, let message, let origin):
      place(origin) + "can't read '\(text)' at column \(column): \(message)"
    case .invalid(let message, let origin): place(origin) + message
    }
  }

  /// `GradientRule` as people write it: `gradient rule`.
  private func words(of kind: String) -> String {
    kind.enumerated().map { $1.isUppercase && $0 > 0 ? " \($1)" : "\($1)" }.joined().lowercased()
  }

  private func place(_ origin: String) -> String { origin.isEmpty ? "" : "\(origin): " }

  private func hint(_ name: String, _ known: [String], of owner: String = "") -> String {
    let list = "known: " + known.joined(separator: ", ")
    guard let nearest = name.nearest(in: known) ?? RenamedSettings.nearest(to: name, in: owner) else {
      return " (\(list))"
    }
    return ": did you mean '\(nearest)'? (\(list))"
  }
}
