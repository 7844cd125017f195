import Configuration
import Foundation
import Yams

/// Reads settings from YAML, and remembers for each of them the line it stands in.
///
/// A method is written as on a command line, `optimizer: sgd(learningRate: 0.1)`, or as a mapping,
/// `optimizer: {name: sgd, rate: 0.1}`. In a list, `residual: […]` is `residual([…])`.
public struct YAMLReader {
  /// What errors call the text.
  private let source: String
  /// Aliases may name one node again and again, so that a short text stands for a huge tree.
  private var remaining = 10_000

  /// The settings in a file.
  /// - Throws: `ConfigurationError` with file and line if the file can't be read, isn't YAML, or isn't a mapping
  ///   of names to values.
  public static func options(file path: String) throws(ConfigurationError) -> Options {
    try options(text: text(file: path), source: path)
  }

  /// What a file holds.
  static func text(file path: String) throws(ConfigurationError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let reason = FileManager.default.fileExists(atPath: path) ? "it can't be read" : "there is no such file"
      throw .invalid(message: reason, origin: path)
    }
    guard data.count <= 1 << 20 else { throw .invalid(message: "the file is larger than 1 MiB", origin: path) }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .invalid(message: "the file isn't text in UTF-8", origin: path)
    }
    return text
  }

  /// The settings in a text.
  /// - Parameter source: what errors call the text.
  /// - Throws: as ``options(file:)`` does.
  public static func options(text: String, source: String) throws(ConfigurationError) -> Options {
    var (reader, mapping) = try mapping(text: text, source: source)
    return try reader.options(mapping, origin: source)
  }

  /// The mapping that a text is, and what reads its parts.
  static func mapping(
    text given: String, source: String
  ) throws(ConfigurationError) -> (reader: YAMLReader, mapping: Node.Mapping) {
    let text = given.withPlainLineEnds
    let node: Node?
    do {
      node = try Yams.compose(yaml: MethodNotation.quoted(in: text))
    } catch {
      throw YAMLProblem(error).configurationError(source: source, text: text)
    }
    var reader = YAMLReader(source: source)
    guard let node, node.scalar?.string.isEmpty != true else { return (reader, Node.Mapping([])) }
    guard case .mapping(let mapping) = node else {
      throw .invalid(message: "settings are written 'name: value', one a line", origin: reader.place(of: node))
    }
    return (reader, try reader.merged(mapping))
  }

  private init(source: String) { self.source = source }

  /// - Parameter left: a key that is left out.
  mutating func options(
    _ mapping: Node.Mapping, origin: String, without left: String? = nil
  ) throws(ConfigurationError) -> Options {
    var options = Options(origin: origin)
    for (key, value) in try merged(mapping) {
      guard case .scalar(let name) = key else {
        throw .invalid(message: "the name of a setting must be a word", origin: place(of: key))
      }
      if name.string == left { continue }
      try options.set(
        name.string, self.value(value, of: name.string), origin: place(of: key), elements: places(of: value))
    }
    return options
  }

  /// Where each value of a list is written; empty for anything else.
  private func places(of node: Node) -> [String] {
    if case .sequence(let sequence) = node { sequence.map(place) } else { [] }
  }

  mutating func value(_ node: Node, of key: String) throws(ConfigurationError) -> OptionValue {
    remaining -= 1
    guard remaining > 0 else { throw .invalid(message: "there are too many values", origin: place(of: node)) }
    switch node {
    case .scalar(let scalar): return try value(scalar, of: key, at: place(of: node))
    case .sequence(let sequence):
      var values: [OptionValue] = []
      for element in sequence { values.append(try self.element(element, of: key)) }
      return .list(values)
    case .mapping(let mapping):
      let mapping = try merged(mapping)
      // `{'layer[12]': 0.1}` is a list of `'layer[12]: 0.1'`.
      if key == "learningRateFactors", mapping["name"] == nil {
        return .list(mapping.map { .text("\($0.key.string ?? ""): \($0.value.string ?? "")") })
      }
      return .choice(try choice(mapping, of: key, at: place(of: node)))
    case .alias: throw .invalid(message: "the alias in '\(key)' names nothing", origin: place(of: node))
    }
  }

  private func value(
    _ scalar: Node.Scalar, of key: String, at place: String
  ) throws(ConfigurationError) -> OptionValue {
    guard !scalar.string.unicodeScalars.contains("\0") else {
      throw .invalid(message: "'\(key)' has the character NUL in it, which no text may have", origin: place)
    }
    let isPlain = scalar.style == .plain || scalar.style == .any
    if isPlain || scalar.tag.description == MethodNotation.tag, OptionValue.isNotation(scalar.string) {
      // What can't be read is a text, unless a method is asked for: that says what is wrong with it.
      return (try? OptionValue(parsing: scalar.string, origin: place)) ?? .text(scalar.string)
    }
    guard isPlain else { return .text(scalar.string) }
    guard !String.nulls.contains(scalar.string) else {
      throw .invalid(message: "'\(key)' has no value", origin: place)
    }
    return OptionValue(scalar: scalar.string)
  }

  /// A value in a list, where a single key that isn't `name` is a method, and its value what goes without a name there.
  private mutating func element(_ node: Node, of key: String) throws(ConfigurationError) -> OptionValue {
    guard case .mapping(let mapping) = node, mapping.count == 1, let (only, value) = mapping.first,
      case .scalar(let name) = only, name.string != "name", !Self.isMerge(only)
    else { return try self.value(node, of: key) }
    if case .mapping(let settings) = value, settings["name"] == nil {
      return .choice(MethodSpec(name.string, try options(settings, origin: place(of: only))))
    }
    var options = Options(origin: place(of: only))
    try options.set(
      Options.key(ofUnnamed: 0), self.value(value, of: name.string), origin: place(of: only),
      elements: places(of: value))
    return .choice(MethodSpec(name.string, options))
  }

  private mutating func choice(
    _ mapping: Node.Mapping, of key: String, at place: String
  ) throws(ConfigurationError) -> MethodSpec {
    guard case .scalar(let name) = mapping["name"], !name.string.isEmpty else {
      throw .invalid(
        message: "'\(key)' is a mapping without the name of a method: write '\(key): {name: …}'", origin: place)
    }
    return MethodSpec(name.string, try options(mapping, origin: place, without: "name"))
  }

  /// The mapping with what `<<` names in the place of that key. Keys of its own go before those of others, and the
  /// first of several before the rest.
  mutating func merged(_ mapping: Node.Mapping) throws(ConfigurationError) -> Node.Mapping {
    guard mapping.contains(where: { Self.isMerge($0.key) }) else { return mapping }
    var result = mapping
    for (key, value) in mapping where Self.isMerge(key) {
      result[key] = nil
      let sources = if case .sequence(let list) = value { Array(list) } else { [value] }
      for source in sources {
        guard case .mapping(let other) = source else {
          throw .invalid(message: "'<<' takes mappings by their aliases: '<<: *name'", origin: place(of: key))
        }
        for (key, value) in try merged(other) where result[key] == nil {
          remaining -= 1
          guard remaining > 0 else { throw .invalid(message: "there are too many values", origin: place(of: key)) }
          result[key] = value
        }
      }
    }
    return result
  }

  private static func isMerge(_ key: Node) -> Bool {
    guard case .scalar(let scalar) = key else { return false }
    return scalar.string == "<<" && (scalar.style == .plain || scalar.style == .any)
  }

  func place(of node: Node) -> String { node.mark.map { "\(source):\($0.line)" } ?? source }
}

extension String {
  /// Without a byte-order mark, and with line feeds alone at the ends of lines, whatever system wrote it.
  var withPlainLineEnds: String {
    var plain = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in unicodeScalars {
      switch (previous, scalar) {
      case (nil, "\u{feff}"), ("\r", "\n"): break
      case (_, "\r"): plain.append("\n")
      default: plain.append(scalar)
      }
      previous = scalar
    }
    return String(plain)
  }
}

/// What keeps a text from being YAML, as an error of ours.
struct YAMLProblem {
  private let error: any Error

  init(_ error: any Error) { self.error = error }

  func configurationError(source: String, text: String) -> ConfigurationError {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let parts = [context?.text ?? "", problem].filter { !$0.isEmpty }
      return unreadable(parts.joined(separator: ": "), origin: "\(source):\(mark.line)")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let line = Self.secondLine(of: key, in: text, from: context.mark.line) ?? context.mark.line
      return .duplicateKey(key: key, origin: "\(source):\(line)")
    case .reader(let problem, _, _, _): return unreadable(problem, origin: source)
    default: return unreadable("\(error)", origin: source)
    }
  }

  private func unreadable(_ problem: String, origin: String) -> ConfigurationError {
    .invalid(
      message: "this isn't YAML that can be read: \(problem). Values with ':' or '#' belong in quotes.", origin: origin)
  }

  /// The line that sets a key again, counted from 1; the parser only reports where the mapping begins.
  private static func secondLine(of key: String, in text: String, from first: Int) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let setting = lines.indices.dropFirst(first - 1).filter { index in
      lines[index].drop { $0 == " " || $0 == "-" }.split(separator: ":").first.map(String.init) == key
    }
    return setting.dropFirst().first.map { $0 + 1 }
  }
}
