import ArgumentParser
import Tanren

/// `tanren schedule plot`.
struct SchedulePlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draws schedules over a training, as SVG and in the terminal.",
    discussion: """
      Values are the engine's, step by step: what is drawn is what trains.

      Examples:
        tanren schedule plot 'warmup(from: 0.1, epochs: 5, then: step(initial: 0.8, milestones: [60, 85]), delaysNext: false)'
        tanren schedule plot 'oneCycle(peak: 0.1)' 'cosine(initial: 0.1)' --epochs 30
        tanren schedule plot 'batchScaled(schedule: 0.1, reference: 128)' --batch 1024 --steps-per-epoch 48
      """)

  @Argument(help: ArgumentHelp("Schedules, or numbers.", valueName: "schedule"))
  var schedules: [String]

  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs of the training.", valueName: "n"))
  var epochs: Int = 100

  @Option(parsing: .unconditional, help: ArgumentHelp("Updates in an epoch.", valueName: "n"))
  var stepsPerEpoch: Int = 390

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Examples in a mini-batch, for rates that grow with it.", valueName: "n"))
  var batch: Int = 128

  @Flag(help: "Draw the values on a logarithmic axis.")
  var log = false

  @Option(help: ArgumentHelp("The SVG file.", valueName: "file"))
  var output = "out/schedule.svg"

  @OptionGroup(title: "Where") var device: DeviceOptions

  func run() throws {
    for (option, value) in [("--epochs", epochs), ("--steps-per-epoch", stepsPerEpoch), ("--batch", batch)]
    where !(1...1_000_000).contains(value) {
      throw UsageError("\(option) is \(value), but must be from 1 to 1000000")
    }
    guard epochs * stepsPerEpoch <= Int(Int32.max) else {
      throw UsageError("\(epochs) epochs of \(stepsPerEpoch) steps are more than \(Int32.max) steps")
    }
    let named = try schedules.map { text in
      var options = Options(["schedule": try OptionValue(parsing: text, origin: "schedule")])
      return (text, try options.schedule("schedule", default: 0.0))
    }
    try device.start()
    let curves = try ScheduleCurves(named, epochs: epochs, stepsPerEpoch: stepsPerEpoch, batch: batch)
    let chart = curves.chart(isLogarithmic: log)
    try OutputFolder.write(chart.svg(), to: output)
    let terminal = Terminal.current()
    terminal.write(TerminalChart(chart, width: min(terminal.width, 100)).text(colors: terminal.colors))
    terminal.write(curves.table().text(colors: terminal.colors))
    terminal.write("Written: \(output)\n")
  }
}
