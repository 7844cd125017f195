import Configuration

/// Scripts with which the Slurm scheduler runs a study: an array of jobs, each of which is a task with a ``StudyShare``, and a job that
/// merges their stores once all have ended.
public struct SlurmJobs: Sendable {
  /// Jobs of the array.
  public var tasks = 4
  /// Of each task; as many threads its programs have.
  public var cores = 2
  /// GPUs of each task, which share each batch.
  public var gpus = 0
  /// As `--time` takes it: `4:00:00`, `2-12`.
  public var time = "4:00:00"
  public var memory: String?
  public var partition: String?
  /// The study's name.
  public var study: String
  /// Where the scripts, the tasks' stores and their logs lie: absolute, on a disk that all nodes share.
  public var folder: String
  /// The store that the tasks' are merged into, absolute.
  public var store: String
  /// The `tanren` program, absolute or found by the nodes' PATH.
  public var program = "tanren"
  /// Folder to work in.
  public var workingFolder: String
  public var device: String?
  public var vectorization = Vectorization.auto

  public init(study: String, folder: String, store: String, workingFolder: String) {
    (self.study, self.folder, self.store, self.workingFolder) = (study, folder, store, workingFolder)
  }

  /// The plan's file in the folder.
  public static let planName = "plan.yml"
  /// The script to start, which submits the others.
  public static let submissionName = "submit.sh"
  private static let tasksName = "tasks.sh"
  private static let mergeName = "merge.sh"

  /// The scripts by their names in the folder.
  /// - Throws: `ConfigurationError` for numbers out of range and words that Slurm would take for something else.
  public func scripts() throws(ConfigurationError) -> [(name: String, text: String)] {
    try check()
    return [(Self.tasksName, tasksScript), (Self.mergeName, mergeScript), (Self.submissionName, submission)]
  }

  private func check() throws(ConfigurationError) {
    for (name, value, range) in [
      ("tasks", tasks, 1...StudyShare.limit), ("cores", cores, 1...1024), ("gpus", gpus, 0...1024),
    ] where !range.contains(value) {
      throw .outOfRange(
        key: name, value: "\(value)", range: "in \(range.lowerBound)...\(range.upperBound)", origin: "")
    }
    guard time.wholeMatch(of: #/[0-9:\-]+/#) != nil else {
      throw .invalid(message: "a time limit is written 4:00:00 or 2-12, not '\(time)'", origin: "")
    }
    for (name, value) in [("partition", partition), ("memory", memory)] {
      guard let value, value.wholeMatch(of: #/[A-Za-z0-9_.,\-]+/#) == nil else { continue }
      throw .invalid(message: "a \(name) is a word, not '\(value)'", origin: "")
    }
    for path in [study, store, folder, workingFolder, program, device ?? ""] where path.contains(where: \.isNewline) {
      throw .invalid(message: "a path or a name can't have a line break in it", origin: "")
    }
  }

  /// Options that say how many devices compute a run, and with how many threads: the last bits of its results depend on them.
  private var computing: [String] {
    var words = device.map { ["--device", $0] } ?? []
    if gpus > 1 { words += ["--devices", "\(gpus)"] }
    return words + ["--threads", "\(cores)", "--vectorize", vectorization.rawValue]
  }

  /// The command whose results on one machine are the same, bit for bit.
  public var singleMachineCommand: String {
    let words = ["tanren", "study", "run", "\(folder)/\(Self.planName)", "--store", "single.sqlite"]
    return (words + computing).map(Self.quoted).joined(separator: " ")
  }

  /// Of the study's name what can stand in a line of options.
  private var jobName: String {
    "tanren-" + study.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }.joined()
  }

  private var tasksScript: String {
    let command =
      [program, "study", "task", "\(folder)/\(Self.planName)", "--tasks", "\(tasks)", "--folder", "\(folder)/stores"]
      + computing
    // A step doesn't have the job's cores of itself.
    var binding = ["srun", "--ntasks=1", "--cpus-per-task=\(cores)"]
    if gpus > 0 { binding += ["--gpus-per-task=\(gpus)", "--gpu-bind=per_task:\(gpus)"] }
    return script(
      name: jobName, output: "logs/task-%a.log",
      options: ["--array=1-\(tasks)", "--ntasks=1", "--cpus-per-task=\(cores)", "--time=\(time)"]
        + (gpus > 0 ? ["--gpus-per-task=\(gpus)"] : []) + (memory.map { ["--mem=\($0)"] } ?? []) + ["--requeue"],
      body: [
        "# A task has the runs of its index, in a store of its own. One that is ended early loses its running epoch at most: requeued",
        "# on whatever node, or submitted again, it goes on from there.",
        "echo \"$(date '+%F %T') task $SLURM_ARRAY_TASK_ID, start $((${SLURM_RESTART_COUNT:-0} + 1)),"
          + " on ${SLURMD_NODENAME:-}${CUDA_VISIBLE_DEVICES:+, GPUs $CUDA_VISIBLE_DEVICES}\"",
        "exec \(binding.joined(separator: " ")) \(command.map(Self.quoted).joined(separator: " "))"
          + " --task \"$SLURM_ARRAY_TASK_ID\"",
      ])
  }

  private var mergeScript: String {
    let command = [
      program, "study", "merge", "\(folder)/stores", "--study", study, "--store", store, "--complete",
    ]
    return script(
      name: "\(jobName)-merge", output: "logs/merge.log", options: ["--ntasks=1", "--time=\(time)", "--requeue"],
      body: [
        "# Merging again changes nothing. What a task didn't finish is missing here: submit.sh has it finished.",
        "exec " + command.map(Self.quoted).joined(separator: " "),
      ])
  }

  private func script(name: String, output: String, options: [String], body: [String]) -> String {
    let all =
      ["--job-name=\(name)"] + options + (partition.map { ["--partition=\($0)"] } ?? [])
      + ["--output=\(output)", "--open-mode=append"]
    let lines =
      ["#!/bin/bash"] + all.map { "#SBATCH \($0)" } + ["", "set -eu", "cd \(Self.quoted(workingFolder))"] + body
    return lines.map { $0 + "\n" }.joined()
  }

  private var submission: String {
    """
    #!/bin/bash
    # Submits the tasks, and a job that merges their stores once all tasks have ended, however they did. Arguments are options of sbatch.
    set -eu
    cd \(Self.quoted(folder))
    mkdir -p logs stores
    tasks=$(sbatch --parsable "$@" \(Self.tasksName))
    tasks=${tasks%%;*}
    merge=$(sbatch --parsable --dependency="afterany:$tasks" "$@" \(Self.mergeName))
    echo "Tasks: job $tasks. Merge: job ${merge%%;*}."

    """
  }

  /// A word as the shell reads it back.
  private static func quoted(_ word: String) -> String {
    if word.wholeMatch(of: #/[A-Za-z0-9_.\/:=@%+,\-]+/#) != nil { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
