import Foundation
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.unit)) struct SlurmJobsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var jobs: SlurmJobs {
    SlurmJobs(
      study: "rates", folder: "/shared/my rates", store: "/shared/my store/rates.sqlite", workingFolder: "/home/o'neill"
    )
  }

  private func script(_ name: String, _ jobs: SlurmJobs) throws -> String {
    try #require(try jobs.scripts().first { $0.name == name }).text
  }

  @Test func theOptionsAreSlurms() throws {
    var jobs = jobs
    (jobs.tasks, jobs.cores, jobs.gpus, jobs.memory, jobs.partition) = (8, 3, 2, "16G", "gpu")
    let text = try script("tasks.sh", jobs)
    #expect(text.hasPrefix("#!/bin/bash\n#SBATCH --job-name=tanren-rates\n#SBATCH --array=1-8\n"))
    for option in [
      "--ntasks=1", "--cpus-per-task=3", "--gpus-per-task=2", "--mem=16G", "--partition=gpu", "--requeue",
      "--open-mode=append",
    ] {
      #expect(text.contains("\n#SBATCH \(option)\n"), "\(option)")
    }
    #expect(text.contains("exec srun --ntasks=1 --cpus-per-task=3 --gpus-per-task=2 --gpu-bind=per_task:2 tanren"))
    // Two GPUs share each batch, and the number of threads is the task's, not the node's.
    #expect(text.contains(" --devices 2 --threads 3 --vectorize auto --task \"$SLURM_ARRAY_TASK_ID\"\n"))
    jobs.study = "my rates (2)"
    #expect(try script("merge.sh", jobs).contains("#SBATCH --job-name=tanren-my-rates--2--merge\n"))
    #expect(!(try script("tasks.sh", self.jobs)).contains("gpu"))
  }

  /// The scripts as the shell reads them, with what they start replaced by something that prints its words.
  @Test func theShellReadsTheWordsBack() throws {
    let folder = folder
    func words(_ name: String, _ jobs: SlurmJobs) throws -> [String] {
      let start = name == "tasks.sh" ? "exec srun --ntasks=1 --cpus-per-task=2 tanren" : "exec tanren"
      let text = try script(name, jobs)
      #expect(text.contains(start))
      try folder.write(
        text.replacing(start, with: "printf '%s|'").replacing("\ncd ", with: "\nprintf '%s|' ")
          .replacing("\necho ", with: "\ntrue "), to: name)
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/bash")
      shell.arguments = [folder(name)]
      shell.environment = ["PATH": "/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "5"]
      let output = Pipe()
      shell.standardOutput = output
      try shell.run()
      let read = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      shell.waitUntilExit()
      return read.split(separator: "|").map(String.init)
    }
    #expect(
      try words("tasks.sh", jobs) == [
        "/home/o'neill", "study", "task", "/shared/my rates/plan.yml", "--tasks", "4", "--folder",
        "/shared/my rates/stores", "--threads", "2", "--vectorize", "auto", "--task", "5",
      ])
    #expect(
      try words("merge.sh", jobs) == [
        "/home/o'neill", "study", "merge", "/shared/my rates/stores", "--study", "rates", "--store",
        "/shared/my store/rates.sqlite", "--complete",
      ])
  }

  /// With a program of the name `sbatch` that keeps its words, and gives numbers as Slurm does.
  @Test func theMergeDependsOnTheTasks() throws {
    var jobs = jobs
    jobs.folder = folder("my rates")
    for script in try jobs.scripts() { try folder.write(script.text, to: "my rates/\(script.name)") }
    try folder.write(
      "#!/bin/sh\necho \"$PWD: $*\" >> '\(folder("words"))'\ncase $* in *tasks.sh) echo '17;east';; *) echo 18;; esac\n",
      to: "bin/sbatch")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder("bin/sbatch"))
    let result = try TanrenProcess.run(
      ["\(folder("my rates"))/submit.sh", "--account=mine"], program: "/bin/bash",
      environment: ["PATH": "\(folder("bin")):/usr/bin:/bin"], in: folder)
    #expect(result.status == 0 && result.output == "Tasks: job 17. Merge: job 18.\n", "\(result.error)")
    #expect(
      try folder.text("words") == """
        \(folder("my rates")): --parsable --account=mine tasks.sh
        \(folder("my rates")): --parsable --dependency=afterany:17 --account=mine merge.sh

        """)
  }

  @Test(
    arguments: [
      { (jobs: inout SlurmJobs) in jobs.time = "4h; rm" }, { $0.partition = "gpu\n#SBATCH --uid=0" }, { $0.tasks = 0 },
      { $0.tasks = 10_001 }, { $0.cores = 0 }, { $0.gpus = -1 }, { $0.memory = "lots of" }, { $0.folder = "/a\nb" },
    ] as [@Sendable (inout SlurmJobs) -> Void])
  func whatSlurmWouldTakeForSomethingElseIsRefused(_ change: @Sendable (inout SlurmJobs) -> Void) {
    var jobs = jobs
    change(&jobs)
    #expect(throws: ConfigurationError.self) { try jobs.scripts() }
  }
}
