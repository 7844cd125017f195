import ArgumentParser
import Foundation
import Tanren

/// How the runs of a study share a machine.
struct ParallelOptions: ParsableArguments {
  @Option(help: "Train runs that differ only in their seed in one program; auto does so on accelerators.")
  var vectorize = Vectorization.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of worker processes. (default: one per core on the CPU, otherwise 1)",
      valueName: "n"))
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "Memory that inputs may take, shared by the workers: 500M, 2G. Pictures and arrays that need more are read part by "
        + "part, with the same results. (default: all in memory)",
      valueName: "size"))
  var memory: MemorySize?

  /// The processes follow from the whole plan, whatever is done of it: a study that goes on does so with the same
  /// threads.
  /// - Throws: `ConfigurationError` for a plan that can't be run.
  func workerPool(for plan: StudyPlan, on device: DeviceOptions) throws -> StudyWorkerPool {
    let unfolded = try PlanUnfolder(plan).runs(given: KnownResults())
    return try workerPool(for: unfolded.runs.count + unfolded.more, on: device)
  }

  private func workerPool(for runs: Int, on device: DeviceOptions) throws -> StudyWorkerPool {
    guard (1...1024).contains(workers ?? 1) else {
      throw UsageError("--workers is \(workers ?? 0), but must be between 1 and 1024")
    }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let isCPU = device.name == "cpu"
    let wanted = workers ?? (isCPU && vectorize != .on && device.devices == 1 ? cores : 1)
    let count = max(1, min(wanted, runs))
    return StudyWorkerPool(
      workers: count, threads: isCPU && count > 1 ? max(1, cores / count) : nil, vectorization: vectorize,
      memory: memory.map { max(1, $0.bytes / count) })
  }
}

extension Vectorization: ExpressibleByArgument {}
