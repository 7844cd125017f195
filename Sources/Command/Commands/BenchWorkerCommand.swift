import ArgumentParser
import Tanren

/// `tanren bench-worker`: Tanren's part in `make bench`; Benchmarks/README.md describes the conversation.
struct BenchWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-worker", abstract: "Takes part in a benchmark.", shouldDisplay: false)

  enum Workload: String, CaseIterable, ExpressibleByArgument {
    case mlpStep = "mlp-step"
    case mnistEpoch = "mnist-epoch"
    case startup, compile
  }

  enum Variant: String, CaseIterable, ExpressibleByArgument {
    case step, chunk, fit
  }

  @Option var workload: Workload
  @Option var variant: Variant
  @Option var data: String?
  @Option var cache: String?
  @Option var device = "cpu"

  func run() throws {
    let worker = BenchWorker()
    do {
      let programs = cache.map { ProgramCache(folder: $0) }
      switch (workload, variant) {
      case (.mlpStep, .step), (.mlpStep, .chunk):
        let engine = try Engine(device: device, programCache: programs)
        let source = try BenchData(folder: data)
        let rounds: any BenchRounds =
          try variant == .step ? StepRounds(source.train, on: engine) : ChunkRounds(source.train, on: engine)
        worker.serve(rounds, data: source.name)
      case (.mnistEpoch, .fit):
        try Engine.configure(device: device, programCache: programs)
        let source = try BenchData(folder: data)
        try EpochRounds(worker, data: source.name).run(train: source.train, test: source.test)
      case (.startup, .step):
        let engine = try Engine(device: device, programCache: programs)
        let model = try BenchModel(on: engine)
        let program = try model.program(on: engine)
        let results = try program(model.parameters + BenchModel.firstBatch())
        let loss = try results[BenchModel.parameterCount].values(as: Float.self)[0]
        worker.say("\"finished\": true, \"loss\": \(BenchWorker.number(Double(loss)))", withFramework: true)
      case (.compile, .step):
        let engine = try Engine(device: device, programCache: programs)
        let model = try BenchModel(on: engine)
        let clock = ContinuousClock()
        let seconds = try clock.measure { _ = try model.program(on: engine) } / .seconds(1)
        worker.say("\"seconds\": \(seconds), \"units\": 1", withFramework: true)
      default: throw UsageError("\(workload.rawValue) has no variant '\(variant.rawValue)'")
      }
    } catch {
      worker.fail(error)
      throw ExitCode(Outcome.failure)
    }
  }
}
