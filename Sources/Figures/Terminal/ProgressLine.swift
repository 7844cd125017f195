/// The state of a loop as one line of text, in the format of Keras' progress bar (TensorFlow 2).
///
/// While it runs: `120/500 [======>.......................] - ETA: 36s - loss: 0.6084`. Finished:
/// `500/500 [==============================] - 48s 96ms/step - loss: 0.6084`.
public struct ProgressLine: Sendable, Equatable {
  /// A number shown behind the bar.
  public struct Value: Sendable, Equatable {
    public var name: String
    public var number: Double

    public init(_ name: String, _ number: Double) {
      self.name = name
      self.number = number
    }
  }

  public var completed: Int
  /// How many steps there are; nil where nobody knows.
  public var total: Int?
  /// Seconds since the loop began.
  public var elapsed: Double
  /// Seconds a step takes; nil takes `elapsed` over `completed`. Differs where `elapsed` holds more than
  /// the steps, such as the evaluation after them.
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

  /// The whole line, without an end of line.
  ///
  /// - Parameter isFinished: whether the loop has ended; nil when all steps are completed.
  public func text(isFinished: Bool? = nil) -> String {
    head + timing(isFinished: isFinished ?? total.map { completed >= $0 } ?? false) + tail
  }

  /// The line made to fit into so many columns: first the bar shrinks, then the end is cut.
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
    values.map { " - \(TerminalText.printable($0.name)): \(NumberText.metric($0.number))" }.joined()
  }

  /// `48s`, `1:05`, `2:00:10`.
  private static func clock(_ seconds: Double) -> String {
    guard let whole = seconds.rounded(.down).integer else { return "?" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole > 3600 { return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" }
    return whole > 60 ? "\(whole / 60):\(two(whole % 60))" : "\(whole)s"
  }
}
