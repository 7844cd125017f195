import ArgumentParser
import Tanren

/// `tanren schedule find`.
struct ScheduleFindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find a learning rate for a run: train while it grows, and plot the loss over it.",
    discussion: """
      The configuration is given as for tanren run. Its model is trained for an epoch while the learning rate grows \
      exponentially, and thrown away. The loss is smoothed over a twentieth of the sweep, which ends early if the loss isn't \
      finite, or four times its least value. The suggested rate is the one at which the smoothed loss falls fastest, \
      after a tenth of its fall and before its minimum.

      Examples:
        tanren schedule find
        tanren schedule find --data cifar10 --model nineConv --optimizer momentum
        tanren schedule find config.yml --from 1e-5 --to 1
      """)

  @Argument(
    help: ArgumentHelp("Configuration file, and settings that override it.", valueName: "config.yml | key=value"))
  var settings: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Learning rate of the first step.", valueName: "rate"))
  var from: Double = 1e-6

  @Option(parsing: .unconditional, help: ArgumentHelp("Learning rate after the last step.", valueName: "rate"))
  var to: Double = 10

  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs that the sweep takes.", valueName: "n"))
  var sweepEpochs: Int = 1

  @OptionGroup(title: "Training options") var choices: RunChoices
  @OptionGroup(title: "Device options") var device: DeviceOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Option(help: ArgumentHelp("SVG file to write.", valueName: "file"))
  var output = "out/learning-rate.svg"

  func run() throws {
    guard from > 0, to > from, to.isFinite else {
      throw UsageError("--from is \(from) and --to is \(to), but they must be above 0, and --to the greater one")
    }
    guard (1...1_000_000).contains(sweepEpochs) else {
      throw UsageError("--sweep-epochs is \(sweepEpochs), but must be between 1 and 1000000")
    }
    let finder = try LearningRateFinder(range: from...to, epochs: sweepEpochs)
    let configuration = try finder.configuration(for: RunConfiguration(from: choices.options(settings)))
    try device.start()
    let run = try Run(
      configuration, folders: DataFolders(allowsDownload: !offline), progress: DownloadReport().progress)
    let sweep = try finder.sweep(run)
    let chart = sweep.chart(title: "\(configuration.model.name) on \(run.data.name), \(configuration.optimizer.name)")
    try OutputFolder.write(chart.svg(), to: output)
    let terminal = Terminal.current()
    terminal.write(TerminalChart(chart, width: min(terminal.width, 100)).text(colors: terminal.colors))
    terminal.write(sweep.sentences.joined(separator: "\n") + "\nWritten: \(output)\n")
  }
}

extension LearningRateSweep {
  /// The loss and its smoothed values over the learning rate.
  func chart(title: String) -> Chart {
    // Where the loss explodes, the axis would show nothing else.
    let top = points.first.map { 2 * $0.loss.magnitude } ?? .infinity
    func line(_ name: String, _ losses: [Double]) -> LineSeries {
      let shown = zip(points, losses).map { DataPoint(x: $0.rate, y: $1 > top ? .nan : $1) }
      return LineSeries(name, points: shown, markers: false)
    }
    var chart = Chart(
      title, x: ChartAxis("learning rate", scale: .log10),
      lines: [line("loss", points.map(\.loss)), line("smoothed", smoothed)])
    if let steepest {
      chart.references = [ReferenceLine(.vertical, at: steepest, label: NumberText.significant(steepest))]
    }
    return chart
  }

  /// What was found.
  var sentences: [String] {
    var sentences: [String] = []
    if let lowest {
      sentences.append(
        "The smoothed loss is least, \(NumberText.significant(lowest.loss)), at a rate of "
          + "\(NumberText.significant(lowest.rate)).")
    }
    sentences.append(
      steepest.map { "Suggested: \(NumberText.significant($0)), where it falls fastest." }
        ?? "No rate is suggested: the loss falls nowhere. Try a wider range, more epochs, or look for a mistake.")
    if hasDiverged {
      let last = points.last.map { " at a rate of \(NumberText.significant($0.rate))" } ?? ""
      sentences.append("The loss diverged\(last), where the sweep ended.")
    }
    return sentences
  }
}
