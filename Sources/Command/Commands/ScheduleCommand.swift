import ArgumentParser
import Tanren

/// `tanren schedule`: hyperparameter schedules.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Inspect schedules of learning rates and other hyperparameters.",
    subcommands: [SchedulePlotCommand.self, ScheduleFindCommand.self])
}

/// `tanren schedule plot`.
struct SchedulePlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Plot schedules over a training run, as SVG and in the terminal.",
    discussion: """
      Values are computed by the engine step by step, exactly as in training.

      Examples:
        tanren schedule plot 'warmup(epochs: 5, then: cosine(initial: 0.8))'
        tanren schedule plot 'oneCycle(peak: 0.1)' 'cosine(initial: 0.1)' --epochs 30
        tanren schedule plot 'batchScaled(schedule: 0.1)' --batch-size 512
      """)

  @Argument(help: ArgumentHelp("Schedules or constants.", valueName: "schedule"))
  var schedules: [String]

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of epochs.", valueName: "n"))
  var epochs: Int = 100

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps per epoch.", valueName: "n"))
  var stepsPerEpoch: Int = 390

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Batch size, for schedules that scale with it.", valueName: "n"))
  var batchSize: Int = 128

  @Flag(help: "Use a logarithmic y-axis.")
  var log = false

  @Option(help: ArgumentHelp("SVG file to write.", valueName: "file"))
  var output = "out/schedule.svg"

  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    for (option, value) in [("--epochs", epochs), ("--steps-per-epoch", stepsPerEpoch), ("--batch-size", batchSize)]
    where !(1...1_000_000).contains(value) {
      throw UsageError("\(option) is \(value), but must be between 1 and 1000000")
    }
    guard epochs * stepsPerEpoch <= Int(Int32.max) else {
      throw UsageError("\(epochs) epochs of \(stepsPerEpoch) steps are more than \(Int32.max) steps")
    }
    let named = try schedules.map { text in
      var options = Options(["schedule": try OptionValue(parsing: text, origin: "schedule")])
      return (text, try options.schedule("schedule", default: 0.0))
    }
    try device.start()
    let curves = try ScheduleCurves(named, epochs: epochs, stepsPerEpoch: stepsPerEpoch, batchSize: batchSize)
    let chart = curves.chart(isLogarithmic: log)
    try OutputFolder.write(chart.svg(), to: output)
    let terminal = Terminal.current()
    terminal.write(TerminalChart(chart, width: min(terminal.width, 100)).text(colors: terminal.colors))
    terminal.write(curves.table().text(colors: terminal.colors))
    terminal.write("Written: \(output)\n")
  }
}

/// The values of schedules over a training run, computed by the engine in double precision.
struct ScheduleCurves {
  private let names: [String]
  /// Fractional epochs.
  private let x: [Double]
  private let values: [[Double]]
  private let epochs: Int

  /// The most points per curve.
  private static let limit = 2000

  /// - Throws: `Diagnostic` if a schedule cannot be computed.
  init(_ schedules: [(name: String, schedule: any Schedule)], epochs: Int, stepsPerEpoch: Int, batchSize: Int) throws {
    let total = epochs * stepsPerEpoch
    let count = min(total, Self.limit)
    // The first and the last step are always included.
    let steps = (0..<count).map { Int32(count == 1 ? 0 : $0 * (total - 1) / (count - 1)) }
    let looped = scan(carry: [], over: [Tensor(steps)]) { _, step in
      let progress = Progress(step: step[0], stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: batchSize)
      return ([], schedules.map { $0.schedule.value(at: progress, dtype: .float64) })
    }
    self.epochs = epochs
    names = schedules.map(\.name)
    x = steps.map { Double($0) / Double(stepsPerEpoch) }
    values = try Tensor.evaluate(looped.outputs).map { try $0.values(as: Double.self) }
  }

  func chart(isLogarithmic: Bool) -> Chart {
    var chart = Chart(
      x: ChartAxis("epoch", range: 0...Double(epochs)), lines: zip(names, values).map { LineSeries($0, x: x, y: $1) })
    if isLogarithmic { chart.y = ChartAxis("", scale: .log10) }
    return chart
  }

  func table() -> TextTable {
    var table = TextTable(
      [
        "schedule", TableColumn("initial", .right), TableColumn("maximum", .right), TableColumn("at epoch", .right),
        TableColumn("final", .right),
      ])
    for (name, values) in zip(names, values) {
      let peak = values.indices.max { values[$0] < values[$1] } ?? 0
      let numbers = [values.first, values.max(), x[peak], values.last].map { NumberText.significant($0 ?? .nan) }
      table.append(([name] + numbers).map { TableCell($0) })
    }
    return table
  }
}
