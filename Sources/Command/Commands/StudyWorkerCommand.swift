import ArgumentParser
import Tanren

/// `tanren study worker`: helps with what a store has to do.
struct StudyWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Runs what a store has to do, beside other processes.",
    discussion: """
      Each run is claimed for a while and claimed anew as long as its worker lives; a run whose worker is gone goes \
      to another one. Start it in as many terminals as there are cores to spare.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Where") var device: DeviceOptions

  @Option(help: ArgumentHelp("The study to work on. (default: all of the store)", valueName: "name"))
  var study: String?

  @Flag(inversion: .prefixedNo, help: "Wait for runs of other workers, in case one of them ends before its run.")
  var wait = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds of silence after which another worker may take this one's run.", valueName: "seconds"))
  var lease = 60.0

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Flag(help: "Keep each run's last checkpoint.")
  var keepCheckpoints = false

  @Flag(help: "Write nothing to the terminal but errors.")
  var quiet = false

  func run() throws {
    guard lease >= 1, lease <= 86_400 else { throw UsageError("--lease is \(lease), but must be from 1 to 86400") }
    let opened = try store.open(.write)
    let chosen = try study.map { try opened.study(named: $0) }
    try device.start()
    var runner = StudyRunner(opened)
    runner.folders = DataFolders(allowsDownload: !offline)
    runner.progress = quiet ? nil : DownloadReport().progress
    runner.lease = lease
    runner.waits = wait
    runner.keepsCheckpoints = keepCheckpoints
    runner.report = StudyProgress(Terminal.current(), isQuiet: quiet).show
    Interruption.endsProcess()
    try runner.work(on: chosen)
  }
}
