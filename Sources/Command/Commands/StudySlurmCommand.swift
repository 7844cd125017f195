import ArgumentParser
import Foundation
import Tanren

/// `tanren study slurm`: scripts that run a study on a cluster.
struct StudySlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write Slurm scripts: a job array that runs a plan, and a job that merges its stores.",
    discussion: """
      Each task of the array takes the runs of its index, in a store of its own in a folder that all nodes share. A \
      task that is killed is requeued and goes on from its last epoch. A job that depends on the array merges the \
      stores into --store. The command runs and submits nothing.

      Example:
        tanren study slurm rates.yml --tasks 20 --store /shared/rates.sqlite
        bash /shared/rates-slurm/submit.sh
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Shared folder for scripts, logs and the tasks' stores. (default: the name of the study and -slurm, next to the store)",
      valueName: "folder"))
  var folder: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of array tasks at most.", valueName: "n"))
  var tasks = 4

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of CPU cores per task, and of threads per program.", valueName: "n"))
  var cores = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of GPUs per task; several share each batch.", valueName: "n"))
  var gpus = 0

  @Option(help: ArgumentHelp("Time limit per task, such as 4:00:00 or 2-12.", valueName: "time"))
  var time = "4:00:00"

  @Option(help: ArgumentHelp("Memory per task, such as 8G.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("Partition to submit to.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Device. (default: cpu, or cuda with --gpus)", valueName: "device"))
  var device: String?

  @Option(help: "Train runs that differ only in their seed in one program; auto does so on accelerators.")
  var vectorize = Vectorization.auto

  @Option(help: ArgumentHelp("Path of tanren on the nodes. (default: this program)", valueName: "file"))
  var program: String?

  func run() throws {
    let plan = try PlanWords(words).plan(store: store)
    let target = Self.absolute(store.path)
    let beside = URL(fileURLWithPath: target).deletingLastPathComponent().path
    var jobs = SlurmJobs(
      study: plan.name, folder: Self.absolute(folder ?? "\(beside)/\(plan.name)-slurm"), store: target,
      workingFolder: FileManager.default.currentDirectoryPath)
    (jobs.cores, jobs.gpus, jobs.time, jobs.memory, jobs.partition) = (cores, gpus, time, memory, partition)
    jobs.device = device ?? (gpus > 0 ? "cuda" : nil)
    jobs.vectorization = vectorize
    jobs.program = program ?? Bundle.main.executablePath ?? "tanren"
    let platform = jobs.device ?? Environment["TANREN_DEVICE"] ?? "cpu"
    jobs.tasks = min(tasks, try StudyShare.count(of: plan, vectorizes: vectorize.vectorizes(on: platform)))
    let scripts = try jobs.scripts()
    let output = try OutputFolder(jobs.folder)
    try output.write(plan.yaml(), to: SlurmJobs.planName)
    for script in scripts { try output.write(script.text, to: script.name) }
    Terminal.current().write(
      """
      \(NumberText.count(try plan.runs().count, "run")), \(NumberText.count(jobs.tasks, "task")). Written: \(jobs.folder)
      Submit: bash \(output.file(SlurmJobs.submissionName))
      The same on one machine: \(jobs.singleMachineCommand)

      """)
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
