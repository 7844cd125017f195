import Configuration

/// A batch script for the Slurm scheduler: an array of jobs, each a worker on one store.
public struct SlurmScript: Sendable {
  /// Jobs of the array.
  public var tasks = 4
  public var cores = 2
  /// GPUs for each task.
  public var gpus = 0
  /// As `--time` takes it: `4:00:00`, `2-12`.
  public var time = "4:00:00"
  public var memory: String?
  public var partition: String?
  /// The study's name.
  public var study: String
  /// Absolute, on a disk that all nodes share.
  public var store: String
  /// The `tanren` program, absolute or found by the nodes' PATH.
  public var program = "tanren"
  /// Folder to work in.
  public var folder: String
  public var device: String?

  public init(study: String, store: String, folder: String) {
    (self.study, self.store, self.folder) = (study, store, folder)
  }

  /// - Throws: `ConfigurationError` for numbers below 1 and words that Slurm would take for something else.
  public func text() throws(ConfigurationError) -> String {
    for (name, value, least) in [("tasks", tasks, 1), ("cores", cores, 1), ("gpus", gpus, 0)]
    where !(least...100_000).contains(value) {
      throw .outOfRange(key: name, value: "\(value)", range: "in \(least)...100000", origin: "")
    }
    guard time.wholeMatch(of: #/[0-9:\-]+/#) != nil else {
      throw .invalid(message: "a time limit is written 4:00:00 or 2-12, not '\(time)'", origin: "")
    }
    for (name, value) in [("partition", partition), ("memory", memory)] {
      guard let value, value.wholeMatch(of: #/[A-Za-z0-9_.,\-]+/#) == nil else { continue }
      throw .invalid(message: "a \(name) is a word, not '\(value)'", origin: "")
    }
    for path in [store, folder, program, device ?? ""] where path.contains(where: \.isNewline) {
      throw .invalid(message: "a path can't have a line break in it", origin: "")
    }
    var lines = [
      "#!/bin/bash", "#SBATCH --job-name=tanren-\(study)", "#SBATCH --array=1-\(tasks)",
      "#SBATCH --cpus-per-task=\(cores)", "#SBATCH --time=\(time)", "#SBATCH --output=tanren-\(study)-%A_%a.log",
      "#SBATCH --requeue",
    ]
    if gpus > 0 { lines.append("#SBATCH --gpus-per-task=\(gpus)") }
    if let memory { lines.append("#SBATCH --mem=\(memory)") }
    if let partition { lines.append("#SBATCH --partition=\(partition)") }
    var command = [program, "study", "worker", "--store", store, "--study", study, "--no-wait"]
    if let device { command += ["--device", device] }
    lines += [
      "", "# Each task claims runs from the store until none is left. A task that is ended early loses its running",
      "# epoch at most: another task, or the same one started again, goes on from there.", "set -eu",
      "cd \(Self.quoted(folder))", "exec " + command.map(Self.quoted).joined(separator: " "),
    ]
    return lines.map { $0 + "\n" }.joined()
  }

  /// A word as the shell reads it back.
  private static func quoted(_ word: String) -> String {
    if word.wholeMatch(of: #/[A-Za-z0-9_.\/:=@%+,\-]+/#) != nil { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
