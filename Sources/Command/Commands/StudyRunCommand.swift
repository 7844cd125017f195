import ArgumentParser
import Tanren

/// `tanren study run`: runs what a plan has and the store hasn't.
struct StudyRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a plan's runs that aren't done yet, and reports what they show.",
    discussion: """
      Ctrl-C, a crash or a power failure loses the running epoch at most: run the same command again. Other \
      processes may help with tanren study worker. Runs that failed are tried again by the next call.
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder for the report. (default: one of the study's name beside the store)", valueName: "folder"))
  var output: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption
  @OptionGroup(title: "Where") var device: DeviceOptions
  @OptionGroup var parallel: ParallelOptions

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Flag(help: "Leave runs alone that failed before.")
  var skipFailed = false

  @Flag(help: "Train runs again whose numbers in the store aren't those that were stored.")
  var retrainDamaged = false

  @Flag(help: "Keep each run's last checkpoint.")
  var keepCheckpoints = false

  @Flag(help: "Write nothing to the terminal but errors.")
  var quiet = false

  func run() throws {
    let (plan, recipe) = try PlanWords(words).chosen(store: store)
    // A mistake in any arm is reported before anything is made or loaded.
    let pool = try parallel.workerPool(for: plan.runs().count, on: device)
    try device.start(threads: pool.threads)
    let terminal = Terminal.current()
    let progress = StudyProgress(terminal, isQuiet: quiet)
    let opened = try store.open(.create)
    if retrainDamaged {
      let count = try opened.retrainDamaged(of: opened.register(plan))
      if !quiet { terminal.write("\(count) damaged \(count == 1 ? "run" : "runs") to be trained again\n") }
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

  /// The path up to the file's name, with a slash where there is one.
  private static func folder(beside path: String) -> String {
    String(path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)])
  }
}

/// Ends a command with status 1 if runs failed, once everything else is said.
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
