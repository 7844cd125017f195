/// The methods of one kind, by name.
public struct Registry<Entry>: Sendable {
  /// What the entries are, for error messages: `Activation`.
  public let kind: String
  public let types: [any Configurable.Type]

  public init(kind: String, _ types: [any Configurable.Type]) {
    self.kind = kind
    self.types = types.sorted { $0.name < $1.name }
  }

  public var names: [String] { types.map { $0.name } }

  /// The method that `choice` names, with its options.
  /// - Throws: ``ConfigurationError`` for an unknown name or option, with the nearest known one.
  public func build(_ choice: MethodSpec) throws(ConfigurationError) -> Entry {
    guard let type = type(named: choice.name) else {
      throw .unknownName(kind: kind, name: choice.name, known: names, origin: choice.options.origin)
    }
    var options = choice.options
    let made = try type.init(from: &options)
    try options.finish(type.name)
    guard let entry = made as? Entry else {
      throw .unknownName(kind: kind, name: choice.name, known: names, origin: choice.options.origin)
    }
    return entry
  }

  /// The method of a name, however its words are joined.
  public func type(named name: String) -> (any Configurable.Type)? {
    if let type = types.first(where: { $0.name == name }) { return type }
    let wanted = name.joinedWords
    return types.first { $0.name.joinedWords == wanted }
  }
}

extension String {
  /// A method's name without what joins its words: `h_swish`, `h-swish` and `hSwish` are one name.
  var joinedWords: String { lowercased().filter { $0.isLetter || $0.isNumber } }
}
