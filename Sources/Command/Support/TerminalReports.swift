import Synchronization
import Tanren

/// Text wrapped to the width of a terminal.
enum Paragraph {
  /// - Parameter indent: the width of the left margin, in which the first line shows `label`.
  static func text(_ text: String, label: String = "", indent: Int, width: Int) -> String {
    let room = max(24, width - 1)
    var lines: [String] = []
    var line = label + String(repeating: " ", count: max(label.isEmpty ? indent : 1, indent - label.count))
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > room {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: indent), true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}

/// Reports downloads on standard error: on a terminal, in one line that is redrawn; otherwise in one line per file.
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
      let size = NumberText.bytes(total)
      if terminal.isInteractive {
        let percent = total > 0 ? received * 100 / total : 0
        terminal.write("\rDownloading \(file), \(size): \(percent)%" + (received >= total ? "\n" : ""))
      } else if isNew {
        terminal.write("Downloading \(file), \(size)\n")
      }
    }
  }
}
