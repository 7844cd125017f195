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
  @OptionGroup var options: WorkerOptions

  @Option(help: ArgumentHelp("Study to work on. (default: all in the store)", valueName: "name"))
  var study: String?

  @Flag(inversion: .prefixedNo, help: "Wait for the runs of other workers, to take over if one of them stops.")
  var wait = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds without renewal after which another worker may take over a run.", valueName: "seconds"))
  var lease = 60.0

  func run() throws {
    guard lease >= 1, lease <= 86_400 else { throw UsageError("--lease is \(lease), but must be between 1 and 86400") }
    let opened = try store.open(.write)
    let chosen = try study.map { try opened.study(named: $0) }
    ParentWatch.start()
    try device.start()
    var runner = options.runner(on: opened)
    (runner.lease, runner.waits) = (lease, wait)
    Interruption.endsProcess()
    try runner.work(on: chosen)
  }
}
