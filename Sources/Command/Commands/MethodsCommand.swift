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

  @Argument(help: ArgumentHelp("A kind (\(MethodKind.all.map(\.name).joined(separator: ", "))) or a method.", valueName: "kind | method"))
  var name: String?

  func run() throws {
    let terminal = Terminal.current()
    guard let name else {
      for kind in MethodKind.all { terminal.write("\n\(kind.heading)\n\(kind.table().text(colors: terminal.colors))") }
      return
    }
    if let kind = MethodKind.all.first(where: { $0.name == name || $0.key == name }) {
      terminal.write("\(kind.heading)\n\(kind.table().text(colors: terminal.colors))")
      return
    }
    let found = MethodKind.all.flatMap { kind in kind.types.filter { Self.isSame($0.name, name) }.map { (kind, $0) } }
    guard !found.isEmpty else {
      let known = MethodKind.all.map(\.name) + MethodKind.all.flatMap { $0.types.map { $0.name } }
      let hint = name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "; `tanren methods` lists them all"
      throw UsageError("there is no kind and no method '\(name)'\(hint)")
    }
    for (kind, type) in found {
      terminal.write("\(kind.title) \(type.name): \(type.summary)\n")
      terminal.write(type.parameters.isEmpty ? "It has no settings.\n" : Self.settings(type).text(colors: terminal.colors))
    }
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return plain(one) == plain(other)
  }

  private static func settings(_ type: any Catalogued.Type) -> TextTable {
    var table = TextTable(["setting", "default", "meaning"])
    for parameter in type.parameters {
      table.append([TableCell(parameter.name), TableCell(parameter.defaultValue), TableCell(parameter.meaning)])
    }
    return table
  }
}
