import Synchronization

/// Which settings of a method were read as words: what they are spelled like matters, and of the others it doesn't. And
/// which of its settings need no name.
final class WordReads: Sendable {
  private let paths = Mutex<Set<[String]>>([])
  private let settings = Mutex<[[String]: [String]]>([:])

  func insert(_ path: [String]) { paths.withLock { _ = $0.insert(path) } }
  func contains(_ path: [String]) -> Bool { paths.withLock { $0.contains(path) } }

  /// - Parameter path: of the method whose first settings need no name.
  func insert(_ settings: [String], at path: [String]) { self.settings.withLock { $0[path] = settings } }
  func settings(at path: [String]) -> [String] { settings.withLock { $0[path] ?? [] } }

  /// A list's value in a path.
  static func key(ofElement index: Int) -> String { "[\(index)]" }
}

extension Registry {
  /// The choice with its values as the method reads them, so that equal settings are equal however they were spelled:
  /// `0.10` is `0.1` to a setting that takes a number, and stays `0.10` to one that takes a name.
  /// - Throws: as ``build(_:)``.
  public func resolved(_ choice: MethodSpec) throws(ConfigurationError) -> MethodSpec {
    guard OptionValue.choice(choice).isAmbiguous else { return choice }
    let reads = WordReads()
    _ = try build(MethodSpec(choice.name, choice.options.recording(in: reads, below: [])))
    return try choice.resolved(reads, at: [])
  }
}

extension MethodSpec {
  fileprivate func resolved(_ reads: WordReads, at path: [String]) throws(ConfigurationError) -> MethodSpec {
    var named = options
    try named.nameUnnamed(reads.settings(at: path), of: name)
    return MethodSpec(
      name,
      try named.mapValues { (key, value) throws(ConfigurationError) in
        try value.resolved(reads, at: path + [key], origin: named.origin(of: key))
      })
  }
}

extension OptionValue {
  /// Whether what it means depends on who reads it.
  fileprivate var isAmbiguous: Bool {
    switch self {
    case .number, .flag: false
    case .spelled: true
    case .text(let text): Self.isNotation(text)
    case .list(let values): values.contains(where: \.isAmbiguous)
    case .choice(let choice): choice.options.pairs.contains { Options.isUnnamed($0.key) || $0.value.isAmbiguous }
    }
  }

  fileprivate func resolved(
    _ reads: WordReads, at path: [String], origin: String
  ) throws(ConfigurationError) -> OptionValue {
    switch self {
    case .spelled(let spelling): return reads.contains(path) ? .text(spelling) : meaning
    case .list(let values):
      var resolved: [OptionValue] = []
      for (index, value) in values.enumerated() {
        let isMethod =
          if !reads.contains(path), case .choice = try value.unquoted(origin: origin) { true } else { false }
        let place = isMethod ? path + [WordReads.key(ofElement: index)] : path
        resolved.append(try value.resolved(reads, at: place, origin: origin))
      }
      return .list(resolved)
    case .choice(let choice): return .choice(try choice.resolved(reads, at: path))
    case .text where !reads.contains(path):
      let read = try unquoted(origin: origin)
      return read == self ? self : try read.resolved(reads, at: path, origin: origin)
    case .number, .flag, .text: return self
    }
  }
}
