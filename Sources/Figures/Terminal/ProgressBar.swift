/// Draws a ``ProgressLine`` again and again in one line of a terminal, or once at the end where nobody watches.
public struct ProgressBar: Sendable {
  /// How many steps there are; nil where nobody knows.
  public var total: Int?
  /// The width of the bar in characters.
  public var width = 30
  /// Seconds between two drawings.
  public var interval = 0.05

  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private let start: Double
  private var lastDrawing = -Double.infinity
  private var drawnColumns = 0
  private var isFinished = false

  /// Starts the clock.
  ///
  /// - Parameters:
  ///   - write: takes what is drawn; nil writes to the terminal's stream.
  ///   - now: a clock in seconds that doesn't jump.
  public init(
    total: Int?, terminal: Terminal = .current(), write: (@Sendable (String) -> Void)? = nil,
    now: @escaping @Sendable () -> Double = ProgressBar.uptime
  ) {
    self.total = total
    self.terminal = terminal
    self.write = write ?? { terminal.write($0) }
    self.now = now
    start = now()
  }

  /// Shows that so many steps are done. Drawn on a terminal, and there not more often than every ``interval``.
  public mutating func update(_ completed: Int, values: [ProgressLine.Value] = []) {
    guard terminal.isInteractive, !isFinished else { return }
    let time = now()
    guard time - lastDrawing >= interval else { return }
    lastDrawing = time
    // The last column stays free: some terminals go to the next line when it is written.
    let text = line(completed, values, secondsPerStep: nil, at: time).text(
      isFinished: false, columns: terminal.width - 1)
    draw(text)
  }

  /// Draws the finished line and ends it. Later calls do nothing.
  ///
  /// - Parameter secondsPerStep: where the time since the start holds more than the steps.
  public mutating func finish(_ completed: Int? = nil, values: [ProgressLine.Value] = [], secondsPerStep: Double? = nil)
  {
    guard !isFinished else { return }
    isFinished = true
    let done = completed ?? total ?? 0
    let text = line(done, values, secondsPerStep: secondsPerStep, at: now()).text(isFinished: true)
    if terminal.isInteractive { draw(text) } else { write(text) }
    write("\n")
  }

  /// Seconds of a clock that only runs forward.
  public static let uptime: @Sendable () -> Double = {
    let origin = ContinuousClock.now
    return {
      let duration = origin.duration(to: .now).components
      return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
  }()

  private func line(_ completed: Int, _ values: [ProgressLine.Value], secondsPerStep: Double?, at time: Double)
    -> ProgressLine
  {
    ProgressLine(
      completed: completed, total: total, elapsed: time - start, secondsPerStep: secondsPerStep, values: values,
      width: width)
  }

  /// Writes over the line before, with spaces over what it leaves uncovered.
  private mutating func draw(_ text: String) {
    let columns = DisplayWidth.of(text)
    write("\r" + text + String(repeating: " ", count: max(0, drawnColumns - columns)))
    drawnColumns = columns
  }
}
