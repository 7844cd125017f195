import Synchronization
import Tanren

/// Tells on standard error how downloads go: a line that is written over on a terminal, a line a file elsewhere.
final class DownloadReport: Sendable {
  private let terminal: Terminal
  private let current = Mutex("")

  init(_ terminal: Terminal = .current(.standardError)) { self.terminal = terminal }

  var progress: DownloadProgress {
    { [self] file, received, total in
      let isNew = current.withLock { current in
        defer { current = file }
        return current != file
      }
      let size = ByteText.of(total)
      if terminal.isInteractive {
        let percent = total > 0 ? received * 100 / total : 0
        terminal.write("\rDownloading \(file), \(size): \(percent) %" + (received >= total ? "\n" : ""))
      } else if isNew {
        terminal.write("Downloading \(file), \(size)\n")
      }
    }
  }
}
