import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The destination of standard output or standard error.
public struct Terminal: Sendable, Equatable {
  /// The colours that a terminal supports.
  public enum Colors: Sendable, Equatable {
    case none
    /// The sixteen colours of ANSI X3.64.
    case basic
    /// 256 colours.
    case extended
  }

  /// A standard stream.
  public enum Stream: Sendable, Equatable {
    case standardOutput, standardError

    var descriptor: Int32 { self == .standardOutput ? 1 : 2 }
  }

  public var stream: Stream
  /// Whether the stream is a terminal that can move its cursor, which a person may be watching.
  public var isInteractive: Bool
  /// In columns; 80 if unknown.
  public var width: Int
  /// In lines; 24 if unknown.
  public var height: Int
  public var colors: Colors

  public init(
    _ stream: Stream = .standardOutput, isInteractive: Bool, width: Int = 80, height: Int = 24, colors: Colors = .none
  ) {
    self.stream = stream
    self.isInteractive = isInteractive
    self.width = max(1, width)
    self.height = max(1, height)
    self.colors = colors
  }

  /// The current destination of `stream`.
  ///
  /// Honours `NO_COLOR` (https://no-color.org), `CLICOLOR_FORCE` and `FORCE_COLOR`, `TERM`, `COLORTERM`, and `COLUMNS`
  /// and `LINES` if the terminal does not report its size.
  public static func current(_ stream: Stream = .standardOutput) -> Terminal {
    var size = winsize()
    let isTerminal = isatty(stream.descriptor) == 1
    let isKnown = isTerminal && ioctl(stream.descriptor, numericCast(TIOCGWINSZ), &size) == 0
    let names = ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "COLORTERM", "COLUMNS", "LINES"]
    var environment: [String: String] = [:]
    for name in names { environment[name] = getenv(name).map { String(cString: $0) } }
    return Terminal(
      stream, isTerminal: isTerminal, columns: isKnown ? Int(size.ws_col) : 0, lines: isKnown ? Int(size.ws_row) : 0,
      environment: environment)
  }

  /// The terminal that the system describes. Zero `columns` and `lines` mean that the size is unknown.
  init(_ stream: Stream, isTerminal: Bool, columns: Int, lines: Int, environment: [String: String]) {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    func isOn(_ name: String) -> Bool { isSet(name) && environment[name] != "0" }
    func number(_ name: String) -> Int? {
      environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? min($0, 10_000) : nil }
    }
    let term = environment["TERM"] ?? ""
    let canMove = isTerminal && !term.isEmpty && term != "dumb"
    let isForced = isOn("CLICOLOR_FORCE") || isOn("FORCE_COLOR")
    let isRich = term.contains("256") || isSet("COLORTERM")
    self.init(
      stream, isInteractive: canMove, width: columns > 0 ? columns : number("COLUMNS") ?? 80,
      height: lines > 0 ? lines : number("LINES") ?? 24,
      colors: isSet("NO_COLOR") || !(canMove || isForced) ? .none : isRich ? .extended : .basic)
  }

  private static let lossHandler = Mutex<(@Sendable (Int32) -> Void)?>(nil)

  /// Sets a handler for failed writes to standard output, which receives `errno` on the writing thread. Without a
  /// handler the text is dropped.
  public static func outputIsLost(_ handler: @escaping @Sendable (_ code: Int32) -> Void) {
    lossHandler.withLock { $0 = handler }
  }

  /// Writes `text` immediately and unbuffered. Failed writes to standard error are ignored: there is no way to report
  /// them.
  public func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(stream.descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
          Musl.write(stream.descriptor, buffer.baseAddress, buffer.count)
        #else
          Darwin.write(stream.descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if written > 0 {
        bytes = bytes.dropFirst(written)
      } else if written < 0, errno == EAGAIN || errno == EWOULDBLOCK {
        // Another process that shares the stream has made it non-blocking.
        var wanted = pollfd(fd: stream.descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, -1)
      } else if written == 0 || errno != EINTR {
        let code = written < 0 ? errno : EIO
        if stream == .standardOutput { Self.lossHandler.withLock(\.self)?(code) }
        return
      }
    }
  }
}

/// Text for a terminal, styled and fitted to columns.
package enum TerminalText {
  package static func styled(_ text: String, _ style: TextStyle, colors: Terminal.Colors) -> String {
    guard colors != .none, !text.isEmpty else { return text }
    let code =
      switch style {
      case .plain: ""
      case .strong: "1"
      case .muted: "2"
      case .positive: "32"
      case .negative: "31"
      case .warning: "33"
      }
    return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  /// `text` in the colour of a series.
  static func colored(_ text: String, slot: Int, colors: Terminal.Colors) -> String {
    let basic = [34, 31, 32, 33, 35, 36, 94, 91, 92, 93, 95, 96]
    return switch colors {
    case .none: text
    case .basic: "\u{1B}[\(basic[slot % basic.count])m\(text)\u{1B}[0m"
    case .extended: "\u{1B}[38;5;\(Palette.color(slot).terminal)m\(text)\u{1B}[0m"
    }
  }

  /// `text`, shortened with an ellipsis if it is wider than `columns`.
  static func truncated(_ text: String, columns: Int) -> String {
    guard DisplayWidth.of(text) > columns else { return text }
    var (kept, used) = ("", 1)
    for character in text {
      used += DisplayWidth.of(character)
      if used > columns { break }
      kept.append(character)
    }
    return columns > 0 ? kept + "…" : ""
  }

  /// `text` padded with spaces to `columns`.
  static func filled(_ text: String, columns: Int, atEnd: Bool = true) -> String {
    let spaces = String(repeating: " ", count: max(0, columns - DisplayWidth.of(text)))
    return atEnd ? text + spaces : spaces + text
  }
}
