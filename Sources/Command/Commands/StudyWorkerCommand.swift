import ArgumentParser
import Tanren

/// `tanren study worker`: runs the pending runs of a store beside other processes.
struct StudyWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Run the pending runs of a store beside other processes.",
    discussion: """
      A worker leases each run and renews the lease while it lives; when a worker is gone, another one takes over its \
      run. Start as many workers as you have cores to spare.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Device options") var device: DeviceOptions

  @Option(help: ArgumentHelp("Study to work on. (default: all in the store)", valueName: "name"))
  var study: String?

  @Option(help: "Train runs that differ only in their seed in one program; auto does so on accelerators.")
  var vectorize = Vectorization.auto

  @Flag(inversion: .prefixedNo, help: "Wait for the runs of other workers, to take over if one of them stops.")
  var wait = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds without renewal after which another worker may take over a run.", valueName: "seconds"))
  var lease = 60.0

  @OptionGroup var limits: MemoryOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Flag(help: "Keep the last checkpoint of each run.")
  var keepCheckpoints = false

  @Flag(help: "Print errors only.")
  var quiet = false

  func run() throws {
    guard lease >= 1, lease <= 86_400 else { throw UsageError("--lease is \(lease), but must be between 1 and 86400") }
    let opened = try store.open(.write)
    let chosen = try study.map { try opened.study(named: $0) }
    ParentWatch.start()
    try device.start()
    var runner = StudyRunner(opened)
    runner.folders = DataFolders(allowsDownload: !offline)
    runner.progress = quiet ? nil : DownloadReport().progress
    runner.lease = lease
    runner.vectorization = vectorize
    runner.memory = limits.memory?.bytes
    runner.waits = wait
    runner.keepsCheckpoints = keepCheckpoints
    runner.report = StudyProgress(Terminal.current(), isQuiet: quiet).show
    Interruption.endsProcess()
    try runner.work(on: chosen)
  }
}
