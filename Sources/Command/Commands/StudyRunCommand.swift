import ArgumentParser
import Tanren

/// `tanren study run`: runs the unfinished runs of a plan.
struct StudyRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the unfinished runs of a plan and report the results.",
    discussion: """
      Ctrl-C, a crash or a power failure loses at most the current epoch: repeat the command to resume. Failed runs \
      are retried. Other processes can help with tanren study worker.
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @Option(
    help: ArgumentHelp(
      "Output folder for the report. (default: the name of the study, next to the store)", valueName: "folder"))
  var output: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption
  @OptionGroup(title: "Device options") var device: DeviceOptions
  @OptionGroup var parallel: ParallelOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Flag(help: "Do not retry failed runs.")
  var skipFailed = false

  @Flag(help: "Retrain runs whose stored results are damaged.")
  var retrainDamaged = false

  @Flag(help: "Keep the last checkpoint of each run.")
  var keepCheckpoints = false

  @Flag(help: "Print errors only.")
  var quiet = false

  func run() throws {
    let (plan, recipe) = try PlanWords(words).chosen(store: store)
    // A mistake in any arm is reported before anything is made or loaded.
    let pool = try parallel.workerPool(for: plan, on: device)
    try device.start(threads: pool.threads)
    let terminal = Terminal.current()
    let progress = StudyProgress(terminal, isQuiet: quiet)
    let opened = try store.open(.create)
    if retrainDamaged {
      let count = try opened.retrainDamaged(of: opened.register(plan))
      if !quiet { terminal.write("\(NumberText.count(count, "damaged run")) will be trained again\n") }
    }
    var runner = pool.runner(
      on: opened, device: device, study: plan.name, offline: offline,
      keepsCheckpoints: keepCheckpoints, progress: progress)
    let folder = try OutputFolder(output ?? Self.folder(beside: store.path) + plan.name)
    runner.progress = quiet ? nil : DownloadReport().progress
    if !quiet { terminal.write("\(plan.title)\n") }
    Interruption.endsProcess()
    let results = try runner.run(plan, retriesFailed: !skipFailed, replaces: replacing.replace)
    let tables = StudyTables(results)
    let conclusion = try StudyConclusion(results, of: recipe, runBy: words + store.words)
    let written = try conclusion.write(to: folder)
    if !quiet {
      try conclusion.show(terminal)
      if !written.isEmpty { terminal.write("\nWritten: \(written.joined(separator: ", "))\n") }
      terminal.write("\(tables.summary). Store: \(store.path), study \(plan.name)\n")
    }
    try StudyFailures(tables.failures).check()
  }

  /// The folder of a file, including its final slash; empty for a bare name.
  private static func folder(beside path: String) -> String {
    String(path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)])
  }
}

/// Ends a command with status 1 if runs failed, after all other output.
struct StudyFailures {
  private let texts: [String]

  init(_ texts: [String]) { self.texts = texts }

  func check() throws {
    guard !texts.isEmpty else { return }
    let terminal = Terminal.current(.standardError)
    for text in texts { terminal.write("Failed: \(text)\n") }
    throw ExitCode(Outcome.failure)
  }
}
