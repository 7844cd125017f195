import ArgumentParser
import Tanren

/// `tanren run`: one training run.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train a model and write its history and learning curves.",
    discussion: """
      A run is described by named methods: a data set, a model, a loss, an optimizer and so on. `tanren methods` \
      lists them with their settings. Give settings in a YAML file, as options or as key=value; later ones take \
      precedence. The settings of a method go in parentheses, and a dotted path changes one of them.

      Examples:
        tanren run
        tanren run --optimizer adam --epochs 5
        tanren run --model 'mlp(hidden: [200, 100], activation: mish)'
        tanren run optimizer='nesterov(learningRate: 0.1)' loss='flooded(at: 0.01)'
        tanren run config.yml optimizer.learningRate=0.5 seed=3 --output out/fast
        tanren run --epochs 100 callbacks='[earlyStopping(patience: 5), bestWeights]'
        tanren run --resume --output out/fast
        tanren run --data cifar10 --weights out/run/best.safetensors head=new
        tanren run experiment=reservoirPrediction data=narma

      Example configuration file:
        data: mnist
        model: mlp(hidden: [100, 50], activation: hSwish(n: 3))
        optimizer: {name: sgd, learningRate: 0.1}
        epochs: 20

      Files in the output folder: configuration.yml repeats the run; history.csv and history.jsonl grow with \
      every epoch; curves.svg shows the learning curves; report.html shows them with the metrics, the confusion matrix \
      and the worst mistakes; model.safetensors is the trained model and best.safetensors that of the best epoch, for \
      tanren predict and tanren evaluate.
      """)

  @Argument(
    help: ArgumentHelp("Configuration file, and settings that override it.", valueName: "config.yml | key=value"))
  var settings: [String] = []

  @OptionGroup(title: "Training options") var choices: RunChoices
  @OptionGroup(title: "Device options") var device: DeviceOptions
  @OptionGroup(title: "Several processes in one training") var peers: PeerOptions

  @Flag(help: "Never download data.")
  var offline = false

  @OptionGroup var limits: MemoryOptions

  @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
  var output = "out/run"

  @Option(help: "Model summary to print before training.")
  var summary = SummaryStyle.keras

  @Option(help: "Progress to print while training.")
  var progress = ProgressStyle.bar

  @Flag(help: "Continue the interrupted run in the output folder; it ends with the same bits as without a break.")
  var resume = false

  @Flag(help: "Print errors only.")
  var quiet = false

  func run() throws {
    let configuration =
      try resume
      ? InterruptedRun.configuration(in: output, choices, settings) : RunConfiguration(from: choices.options(settings))
    let peers = try peers.peers()
    let role = TrainingRole(peers, output: output)
    let isQuiet = quiet || !role.isWriter
    let terminal = Terminal.current()
    func say(_ text: String) { if !isQuiet { terminal.write(text + "\n") } }

    if configuration.experiment != nil {
      if limits.memory != nil {
        throw UsageError(
          "--memory is for data that are read part by part, and an experiment has all of its series in memory")
      }
      if peers != nil { throw UsageError("an experiment runs in one process: leave out --rendezvous") }
      try device.start()
      return try ExperimentRun(configuration, offline: offline).run(writingTo: OutputFolder(output), say: say)
    }
    try role.perform { try train(configuration, role, peers, isQuiet: isQuiet, say: say) }
  }

  private func train(
    _ configuration: RunConfiguration, _ role: TrainingRole, _ peers: Peers?, isQuiet: Bool, say: (String) -> Void
  ) throws {
    let terminal = Terminal.current()
    let files = try RunFiles(OutputFolder(role.output), configuration)
    try device.start(with: peers)
    let interrupted = InterruptedRun(configuration, in: output)
    if !resume, role.isWriter { interrupted.begin() }
    let checkpoint = try resume ? interrupted.checkpoint() : nil
    let run = try Run(
      configuration, folders: DataFolders(allowsDownload: !offline),
      progress: isQuiet ? nil : DownloadReport().progress,
      memory: limits.memory?.bytes)
    say("Data: \(run.opened.description)")
    let layers = try run.layerSummary()
    if summary != .none { say(try summary.text(layers, configuration)) }

    if resume {
      say(
        checkpoint.map { "Continuing after epoch \($0.epoch)." }
          ?? "There is no checkpoint yet: starting from the beginning.")
    }
    if let warning = layers.warning(with: try configuration.method().loss) {
      Terminal.current(.standardError).write("Warning: \(warning)\n")
    }
    Interruption.endsProcess()
    let watcher = isQuiet ? nil : progress.callback(terminal)
    let models = files.models(of: run)
    // Several processes run the same programs, whatever each one shows.
    let hasMovingBar = peers == nil && !isQuiet && progress == .bar && terminal.isInteractive
    let (trainer, history) = try run.train(
      chunks: hasMovingBar ? run.chunksForProgress(layers) : 1, writingTo: role.output, from: checkpoint,
      callbacks: files.logs + [watcher].compactMap(\.self) + [models] + (role.isWriter ? interrupted.callbacks : []),
      note: say)
    if role.isWriter { interrupted.end() }
    let figures = [
      try files.writeCurves(history, of: run), try files.writePage(history, of: run, trainedBy: trainer),
    ]
    say(RunReport(history, of: configuration).text)
    say("Written: " + (files.written + figures + models.written).joined(separator: ", "))
  }
}

/// The settings of a run as options. Each stands for a key of the configuration.
struct RunChoices: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Data set: digits, mnist, fashionMNIST, 'npz(path: data.npz)', … (default: digits)", valueName: "data-set"))
  var data: String?

  @Option(
    help: ArgumentHelp("Model. (default: mlp, with hidden layers of 100 and 50 units and relu)", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("Optimizer. (default: sgd)", valueName: "optimizer"))
  var optimizer: String?

  @Option(help: ArgumentHelp("Loss function. (default: softmaxCrossEntropy)", valueName: "loss"))
  var loss: String?

  @Option(help: ArgumentHelp("Gradient rule: plain, sam, … (default: plain)", valueName: "rule"))
  var gradientRule: String?

  @Option(help: ArgumentHelp("Weight averaging: none, ema, … (default: none)", valueName: "averaging"))
  var averaging: String?

  @Option(
    help: ArgumentHelp(
      "Data augmentation: basic, '[basic, cutout(size: 16)]', … (default: none)", valueName: "augmentation"))
  var augmentation: String?

  @Option(
    help: ArgumentHelp(
      "Parameters that aren't trained, by a regular expression of their paths: 'layer[1-3]|conv'", valueName: "pattern")
  )
  var freeze: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of epochs. (default: 10)", valueName: "n"))
  var epochs: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Batch size. (default: 100)", valueName: "n"))
  var batchSize: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Random seed. (default: 0)", valueName: "n"))
  var seed: String?

  @Option(
    help: ArgumentHelp(
      "Floating-point type: float32, float64, bfloat16 or float16. (default: float32)", valueName: "type"))
  var dtype: String?

  @Option(
    help: ArgumentHelp(
      "Optimizer's state on several devices: replicated, or sharded for a share on each. (default: replicated)",
      valueName: "layout"))
  var optimizerState: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Train on the first <n> examples only. (default: all)", valueName: "n"))
  var examples: String?

  @Option(
    help: ArgumentHelp(
      "File of weights to start from: of a saved model, or PyTorch's or Keras' in safetensors or NPZ. (default: none)",
      valueName: "file"))
  var weights: String?

  /// All settings: those of the file, overridden by the options, overridden by `key=value` in their order.
  /// - Parameters:
  ///   - settings: the positional arguments, with at most one file among them.
  ///   - saved: settings that are there without a file.
  func options(_ settings: [String], over saved: Options = Options()) throws -> Options {
    let files = settings.filter { !Self.isAssignment($0) }
    guard files.count <= 1 else {
      throw UsageError("expected at most one configuration file, but got \(files.joined(separator: ", "))")
    }
    var options = try files.first.map { try YAMLReader.options(file: $0) } ?? saved
    let given = [
      ("data", "--data", data), ("model", "--model", model), ("optimizer", "--optimizer", optimizer),
      ("loss", "--loss", loss), ("gradientRule", "--gradient-rule", gradientRule),
      ("averaging", "--averaging", averaging), ("augmentation", "--augmentation", augmentation),
      ("epochs", "--epochs", epochs), ("batchSize", "--batch-size", batchSize), ("seed", "--seed", seed),
      ("dtype", "--dtype", dtype), ("examples", "--examples", examples), ("weights", "--weights", weights),
      ("optimizerState", "--optimizer-state", optimizerState),
    ]
    for case (let key, let option, let value?) in given { try options.override(key, value, origin: option) }
    if let freeze { try options.override("freeze", .text(freeze), origin: "--freeze") }
    for assignment in settings where Self.isAssignment(assignment) { try options.override(assignment: assignment) }
    return options
  }

  /// Whether `word` is `key=value` rather than a path that contains an equals sign.
  static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "=") else { return false }
    return !word[..<equals].contains("/")
  }
}

/// How a model is summarized before training.
enum SummaryStyle: String, CaseIterable, ExpressibleByArgument {
  /// A table in the format of Keras.
  case keras
  /// One line per layer: name, kind, units in and out.
  case compact
  case none

  func text(_ layers: LayerSummary, _ configuration: RunConfiguration) throws -> String {
    switch self {
    case .keras: layers.kerasText(name: configuration.model.name)
    case .compact: layers.compactText(loss: try configuration.method().loss)
    case .none: ""
    }
  }
}

/// What is printed per epoch.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  /// A progress bar in the format of Keras.
  case bar
  /// One line of numbers at full precision: epoch, then accuracy and loss of training and of validation.
  case lines
  case none

  func callback(_ terminal: Terminal) -> (any Callback)? {
    switch self {
    case .bar: ProgressReport(terminal)
    case .lines: LineReport { terminal.write($0 + "\n") }
    case .none: nil
    }
  }
}
