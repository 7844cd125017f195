import ArgumentParser
import Tanren

/// `tanren run`: one training of one configuration.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Trains a model, shows how it goes, and writes history and curves.",
    discussion: """
      What is trained is decided by names: a data set, a model, a loss, an optimizer, …; `tanren methods` lists \
      them with their settings. Names come from a YAML file, from flags, or as key=value; later ones win. \
      Methods take their settings in parentheses, and a path sets one of them.

      Examples:
        tanren run
        tanren run --optimizer adam --epochs 5
        tanren run --model 'mlp(hidden: [200, 100], activation: mish)'
        tanren run optimizer='nesterov(rate: 0.1)' loss='flooded(at: 0.01)'
        tanren run config.yml optimizer.rate=0.5 seed=3 --output out/fast
        tanren run experiment=reservoirPrediction data=narma

      A file may say:
        data: mnist
        model: mlp(hidden: [100, 50], activation: hSwish(n: 3))
        optimizer: {name: sgd, rate: 0.1}
        epochs: 20

      The output folder gets configuration.yml, with which the run can be run again, history.csv and \
      history.jsonl, which grow with every epoch, and curves.svg.
      """)

  @Argument(
    help: ArgumentHelp("A YAML file, and settings that replace the file's.", valueName: "config.yml | key=value"))
  var settings: [String] = []

  @OptionGroup(title: "What is trained") var choices: RunChoices
  @OptionGroup(title: "Where") var device: DeviceOptions

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Option(help: ArgumentHelp("The folder for what is written.", valueName: "folder"))
  var output = "out/run"

  @Option(help: "How the model is shown before training.")
  var summary = SummaryStyle.keras

  @Option(help: "What is shown of each epoch.")
  var progress = ProgressStyle.bar

  @Flag(help: "Write nothing to the terminal but errors.")
  var quiet = false

  func run() throws {
    let configuration = try RunConfiguration(from: choices.options(settings))
    let terminal = Terminal.current()
    func say(_ text: String) { if !quiet { terminal.write(text + "\n") } }

    if configuration.experiment != nil {
      try device.start()
      return try ExperimentRun(configuration, offline: offline).run(writingTo: OutputFolder(output), say: say)
    }
    let files = try RunFiles(OutputFolder(output), configuration)
    try device.start()
    let run = try Run(
      configuration, folders: DataFolders(allowsDownload: !offline), progress: quiet ? nil : DownloadReport().progress)
    say("Data: \(run.data.origin)")
    let layers = try run.layerSummary()
    if summary != .none { say(try summary.text(layers, configuration)) }

    Interruption.endsProcess()
    let watcher = quiet ? nil : progress.callback(terminal)
    let history = try run.train(
      chunks: !quiet && progress == .bar && terminal.isInteractive ? run.chunksForProgress(layers) : 1,
      callbacks: files.logs + [watcher].compactMap(\.self)
    ).history
    let curves = try files.writeCurves(history, of: run)
    say(RunReport(history).text)
    say("Written: " + (files.written + [curves]).joined(separator: ", "))
  }
}
