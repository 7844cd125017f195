import ArgumentParser
import Tanren

/// `tanren methods`: everything that can be chosen by name.
struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "Lists what can be chosen by name, with settings, defaults and sources.",
    discussion: """
      Examples:
        tanren methods                 all kinds
        tanren methods optimizers      one kind
        tanren methods lamb            one method, its settings explained
      """)

  @Argument(
    help: ArgumentHelp(
      "A kind (\(MethodKind.all.map(\.name).joined(separator: ", "))) or a method.", valueName: "kind | method"))
  var name: String?

  func run() throws {
    let terminal = Terminal.current()
    guard let name else {
      terminal.write(MethodKind.all.map { $0.text(width: terminal.width) }.joined(separator: "\n"))
      return
    }
    if let kind = MethodKind.all.first(where: { $0.name == name || $0.key == name }) {
      terminal.write(kind.text(width: terminal.width))
      return
    }
    let found = MethodKind.all.flatMap { kind in kind.methods.filter { Self.isSame($0.name, name) }.map { (kind, $0) } }
    guard !found.isEmpty else {
      let known = MethodKind.all.map(\.name) + MethodKind.all.flatMap { $0.methods.map(\.name) }
      let hint = name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "; `tanren methods` lists them all"
      throw UsageError("there is no kind and no method '\(name)'\(hint)")
    }
    for (kind, method) in found {
      let place = kind.key.map { ", set with '\($0)'" } ?? ""
      terminal.write("\(method.name), \(kind.title)\(place)\n")
      terminal.write(Paragraph.text(method.summary, indent: 2, width: terminal.width))
      for parameter in method.parameters {
        terminal.write(
          Paragraph.text(
            parameter.meaning, label: "  \(parameter.name): \(parameter.defaultValue)", indent: 28,
            width: terminal.width))
      }
    }
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return plain(one) == plain(other)
  }
}
