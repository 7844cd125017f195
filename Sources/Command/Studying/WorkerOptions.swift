import ArgumentParser
import Tanren

/// How one process trains the runs of a store.
struct WorkerOptions: ParsableArguments {
  @Option(help: "Train runs that differ only in their seed in one program; auto does so on accelerators.")
  var vectorize = Vectorization.auto

  @OptionGroup var limits: MemoryOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Flag(help: "Keep the last checkpoint of each run.")
  var keepCheckpoints = false

  @Flag(help: "Print errors only.")
  var quiet = false

  /// A runner that reports to the terminal.
  func runner(on store: StudyStore) -> StudyRunner {
    var runner = StudyRunner(store)
    runner.folders = DataFolders(allowsDownload: !offline)
    runner.progress = quiet ? nil : DownloadReport().progress
    runner.vectorization = vectorize
    runner.memory = limits.memory?.bytes
    runner.keepsCheckpoints = keepCheckpoints
    runner.report = StudyProgress(Terminal.current(), isQuiet: quiet).show
    return runner
  }
}
