import Foundation
import Tanren

/// The processes that run a study: this one and its workers.
final class StudyWorkerPool {
  /// The number of processes, including this one.
  let workers: Int
  /// The number of threads per process; `nil` for all.
  let threads: Int?
  let vectorization: Vectorization
  /// The bytes that the inputs of each process may take; nil for all in memory.
  private let memory: Int?
  private var processes: WorkerPool?

  init(workers: Int, threads: Int?, vectorization: Vectorization, memory: Int?) {
    (self.workers, self.threads, self.vectorization, self.memory) = (workers, threads, vectorization, memory)
  }

  /// A runner for any command that runs a study.
  func runner(
    on store: StudyStore, device: DeviceOptions, study: String, offline: Bool, keepsCheckpoints: Bool = false,
    progress: StudyProgress
  ) -> StudyRunner {
    var runner = StudyRunner(store)
    runner.folders = DataFolders(allowsDownload: !offline)
    runner.keepsCheckpoints = keepsCheckpoints
    runner.vectorization = vectorization
    runner.memory = memory
    runner.reportsOthers = workers > 1
    var arguments = ["study", "worker", "--store", store.path, "--study", study, "--no-wait", "--quiet"]
    arguments += ["--vectorize", vectorization.rawValue, "--device", device.name, "--devices", "\(device.devices)"]
    if let threads = device.threads ?? threads { arguments += ["--threads", "\(threads)"] }
    if let memory { arguments += ["--memory", "\(memory)"] }
    if offline { arguments.append("--offline") }
    if keepsCheckpoints { arguments.append("--keep-checkpoints") }
    var open = 0
    runner.report = { [self] event in
      if case .began(let counts) = event { open = counts.total + counts.expected - counts.done - counts.paused }
      // By now the data is on this machine, and nothing is wrong with the first run.
      if case .runBegan = event, processes == nil { start(min(workers, open) - 1, arguments, progress) }
      if case .waiting(let counts) = event, let processes {
        let own = (try? store.runningCount(of: study, by: processes.processIdentifiers)) ?? 0
        progress.waits(for: counts.running, own: own)
      } else {
        progress.show(event)
      }
    }
    return runner
  }

  private func start(_ count: Int, _ arguments: [String], _ progress: StudyProgress) {
    guard count > 0, let program = Bundle.main.executablePath else { return }
    do {
      processes = try WorkerPool(count: count, program: program, arguments: arguments)
    } catch {
      // The study runs without workers as well.
      progress.note("Unable to start workers: \(error)")
    }
  }
}
