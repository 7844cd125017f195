import ArgumentParser
import Tanren

/// `tanren data info`.
struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tells where data sets are looked for, which are there, and where they come from.",
    discussion: """
      Folders named in TANREN_DATA, with colons between, are searched first, then the cache. Nothing is \
      downloaded.

      Examples:
        tanren data info
        TANREN_DATA=~/data tanren data info mnist cifar10
        tanren data info 'npz(path: mine.npz)'
      """)

  @Argument(help: ArgumentHelp("Data sets; all that need no settings by default.", valueName: "source"))
  var sources: [String] = []

  func run() throws {
    let terminal = Terminal.current()
    let folders = DataFolders()
    let catalog = Catalog<any DataSource>.all
    if sources.isEmpty {
      terminal.write(
        "Searched: \(folders.searched.isEmpty ? "no folders (set TANREN_DATA)" : folders.searched.joined(separator: ", "))\n"
      )
      terminal.write("Cache: \(folders.cache)\n\n")
    }
    var table = TextTable(["data set", "training", "test", "classes", "origin"])
    let choices = try sources.isEmpty ? catalog.names.map { Choice($0) } : sources.map { try Choice(parsing: $0) }
    for choice in choices {
      do {
        let pair = try catalog.make(choice).load(from: folders, progress: nil)
        let cells = [
          choice.description, Self.text(pair.train.inputs), Self.text(pair.test.inputs),
          pair.train.classCount.map(String.init) ?? "-", pair.origin,
        ]
        table.append(cells.map { TableCell($0) })
      } catch  where sources.isEmpty {
        table.append([TableCell(choice.description), "-", "-", "-", TableCell("\(error)", style: .muted)])
      }
    }
    terminal.write(table.text(colors: terminal.colors))
  }

  private static func text(_ array: HostArray) -> String {
    "\(array.dtype.rawValue) [\(array.shape.map(String.init).joined(separator: ", "))]"
  }
}
