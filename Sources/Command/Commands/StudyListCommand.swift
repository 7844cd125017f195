import ArgumentParser
import Foundation
import Tanren

/// `tanren study list`: the studies of a store.
struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the studies in a store.")

  @OptionGroup var store: StoreOptions

  func run() throws {
    let terminal = Terminal.current()
    let studies = try store.open(.read).studies()
    var table = TextTable(
      [TableColumn("study"), TableColumn("title")]
        + ["runs", "done", "running", "failed"].map { TableColumn($0, .right) } + [TableColumn("changed")])
    let dates = DateFormatter()
    dates.locale = Locale(identifier: "en_US_POSIX")
    dates.dateFormat = "yyyy-MM-dd HH:mm"
    for study in studies {
      let counts = study.counts
      table.append(
        [
          study.name, study.title, "\(counts.total)", "\(counts.done)", "\(counts.running)", "\(counts.failed)",
          dates.string(from: Date(timeIntervalSince1970: study.changed)),
        ].map { TableCell($0) })
    }
    terminal.write(studies.isEmpty ? "\(store.path) has no studies yet.\n" : table.text(colors: terminal.colors))
  }
}
