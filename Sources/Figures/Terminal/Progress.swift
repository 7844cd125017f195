/// Draws a ``ProgressLine`` repeatedly in one line of a terminal; otherwise only once, at the end.
public struct ProgressBar: Sendable {
  /// The number of steps; `nil` if unknown.
  public var total: Int?
  /// The width of the bar in characters.
  public var width = 30
  /// The seconds between two drawings.
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
  ///   - write: receives the text; `nil` writes to the stream of the terminal.
  ///   - now: a monotonic clock in seconds.
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

  /// Shows the number of completed steps. Draws on terminals only, and at most once per ``interval``.
  public mutating func update(_ completed: Int, values: [ProgressLine.Value] = []) {
    guard terminal.isInteractive, !isFinished else { return }
    let time = now()
    guard time - lastDrawing >= interval else { return }
    lastDrawing = time
    // The last column stays empty: some terminals wrap when it is written.
    let text = line(completed, values, secondsPerStep: nil, at: time).text(
      isFinished: false, columns: terminal.width - 1)
    draw(text)
  }

  /// Draws the finished line and ends it. Later calls have no effect.
  ///
  /// - Parameter secondsPerStep: the duration of a step, if the time since the start includes other work.
  public mutating func finish(_ completed: Int? = nil, values: [ProgressLine.Value] = [], secondsPerStep: Double? = nil)
  {
    guard !isFinished else { return }
    isFinished = true
    let done = completed ?? total ?? 0
    let text = line(done, values, secondsPerStep: secondsPerStep, at: now()).text(isFinished: true)
    if terminal.isInteractive { draw(text) } else { write(text) }
    write("\n")
  }

  /// A monotonic clock in seconds.
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

  /// Overwrites the previous line, and its remainder with spaces.
  private mutating func draw(_ text: String) {
    let columns = DisplayWidth.of(text)
    write("\r" + text + String(repeating: " ", count: max(0, drawnColumns - columns)))
    drawnColumns = columns
  }
}

/// The state of a loop in one line, in the format of the Keras progress bar (TensorFlow 2).
///
/// While it runs: `120/500 [======>.......................] - ETA: 36s - loss: 0.6084`. Finished:
/// `500/500 [==============================] - 48s 96ms/step - loss: 0.6084`.
public struct ProgressLine: Sendable, Equatable {
  /// A number shown after the bar.
  public struct Value: Sendable, Equatable {
    public var name: String
    public var number: Double

    public init(_ name: String, _ number: Double) {
      self.name = name
      self.number = number
    }
  }

  public var completed: Int
  /// The number of steps; `nil` if unknown.
  public var total: Int?
  /// The seconds since the loop began.
  public var elapsed: Double
  /// The duration of a step in seconds; `nil` divides `elapsed` by `completed`. It differs if `elapsed` includes other
  /// work, such as an evaluation after the steps.
  public var secondsPerStep: Double?
  public var values: [Value]
  /// The width of the bar in characters.
  public var width: Int

  public init(
    completed: Int, total: Int?, elapsed: Double, secondsPerStep: Double? = nil, values: [Value] = [], width: Int = 30
  ) {
    self.completed = completed
    self.total = total
    self.elapsed = elapsed
    self.secondsPerStep = secondsPerStep
    self.values = values
    self.width = width
  }

  /// The whole line, without a newline.
  ///
  /// - Parameter isFinished: whether the loop has ended; `nil` compares the completed steps with the total.
  public func text(isFinished: Bool? = nil) -> String {
    head + timing(isFinished: isFinished ?? total.map { completed >= $0 } ?? false) + tail
  }

  /// The line fitted to `columns`: the bar shrinks first, then the end is truncated.
  func text(isFinished: Bool? = nil, columns: Int) -> String {
    var line = self
    let excess = DisplayWidth.of(line.text(isFinished: isFinished)) - columns
    if excess > 0 { line.width = max(min(10, width), width - excess) }
    return TerminalText.truncated(line.text(isFinished: isFinished), columns: columns)
  }

  private var head: String {
    let done = max(0, completed)
    guard let total, total > 0 else {
      return TerminalText.filled("\(done)", columns: 7, atEnd: false) + "/Unknown"
    }
    let room = min(max(width, 0), 1000)
    let count = TerminalText.filled("\(done)", columns: "\(total)".count, atEnd: false) + "/\(total)"
    let filled = done >= total ? room : min(room, Int(Double(room) * (Double(done) / Double(total))))
    let bar =
      filled == 0
      ? "" : String(repeating: "=", count: filled - 1) + (done < total ? ">" : "=")
    return count + " [" + bar + String(repeating: ".", count: room - filled) + "]"
  }

  private var stepTime: Double {
    let time = secondsPerStep ?? (completed > 0 ? elapsed / Double(completed) : 0)
    return time.isFinite ? max(0, time) : 0
  }

  private func timing(isFinished: Bool) -> String {
    let seconds = elapsed.isFinite ? max(0, elapsed) : 0
    if let total, !isFinished { return " - ETA: " + Self.clock(stepTime * Double(max(0, total - completed))) }
    let step = stepTime
    let rate =
      step >= 1 || step == 0
      ? NumberText.fixed(step, places: 0) + "s"
      : step >= 1e-3 ? NumberText.fixed(step * 1e3, places: 0) + "ms" : NumberText.fixed(step * 1e6, places: 0) + "us"
    return " - " + NumberText.fixed(seconds, places: 0) + "s " + rate + "/step"
  }

  private var tail: String {
    values.map { " - \(Markup.terminal($0.name)): \(NumberText.metric($0.number))" }.joined()
  }

  /// `48s`, `1:05`, `2:00:10`.
  private static func clock(_ seconds: Double) -> String {
    guard let whole = seconds.rounded(.down).integer else { return "?" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole > 3600 { return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" }
    return whole > 60 ? "\(whole / 60):\(two(whole % 60))" : "\(whole)s"
  }
}
