import Configuration
import Yams

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

  /// The line that sets a key again, counted from 1; the parser only tells where the mapping begins.
  private static func secondLine(of key: String, in text: String, from first: Int) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let setting = lines.indices.dropFirst(first - 1).filter { index in
      lines[index].drop { $0 == " " || $0 == "-" }.split(separator: ":").first.map(String.init) == key
    }
    return setting.dropFirst().first.map { $0 + 1 }
  }
}
