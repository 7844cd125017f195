import ArgumentParser
import Tanren

/// Tanren's part in `make bench`; Benchmarks/README.md describes the conversation.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work", abstract: "Takes part in a benchmark.")

  enum Workload: String, CaseIterable, ExpressibleByArgument {
    case mlpStep = "mlp-step"
    case mnistEpoch = "mnist-epoch", mlpSeeds = "mlp-seeds"
    case startup, compile
    case mlpCurve = "mlp-curve", wideCompile = "wrn-compile"
    case cnnStep = "cnn-step", cnnStepHalf = "cnn-step-bf16"
    case nineStep = "nine-step", nineStepHalf = "nine-step-bf16"
    case wideStep = "wrn-step", wideStepHalf = "wrn-step-bf16", largeStepHalf = "wrn28-step-bf16"
    case transformerStep = "vit-step", transformerStepHalf = "vit-step-bf16"
    case twoDevices = "devices2-step", fourDevices = "devices4-step"
    case samStep = "sam-step", lambStep = "lamb-step", matrixStep = "matrix-step"
    case augmentBasic = "augment-basic"
    case augmentStrong = "augment-strong"
    case augmentEach = "augment-each", augmentStep = "augment-step"
    case pictures
    case esnDrive = "esn-drive", esnFit = "esn-fit", esnGenerate = "esn-generate", esnEnsemble = "esn-ensemble"
    case esnCurve = "esn-curve"
    case convolution32 = "convolution-32x64"
    case convolution16 = "convolution-16x128"
    case convolution8 = "convolution-8x256"
  }

  enum Variant: String, CaseIterable, ExpressibleByArgument {
    case step, chunk, fit
    /// As `fit`, with blocks computed again in the backward pass.
    case checkpoint
    case sgd, sam, adam, lamb, shampoo, soap, muon
    case ensemble, member, ensembleSingle = "ensemble-f32", memberSingle = "member-f32"
    /// As `ensemble`, of 4 networks with 5 penalties each.
    case grid
    /// Seeds trained in one program.
    case one, ten
    /// How several devices share a step.
    case replicas, partitions
    case replicasXLA = "replicas-xla", partitionsXLA = "partitions-xla"
    /// Augmentations, by their names.
    case strong, rotation, shift, shear, zoom, horizontalFlip, padAndCrop, channelShift, brightness, colorJitter
    case randomErasing, cutout, mixUp, cutMix, gridMask, equalize, sharpness, gaussianBlur
    case randAugment, trivialAugment, autoAugment, augMix
    /// As the variant without the ending, without kernels.
    case stepXLA = "step-xla"
    case forward, inputGradient = "input-gradient", kernelGradient = "kernel-gradient"
    case forwardXLA = "forward-xla", inputGradientXLA = "input-gradient-xla", kernelGradientXLA = "kernel-gradient-xla"
  }

  @Option var workload: Workload
  @Option var variant: Variant
  @Option var data: String?
  @Option var cache: String?
  @Option var device = "cpu"
  /// Of the networks of `mlp-curve` and `wrn-compile`.
  @Option var width = 256
  @Option var depth = 2
  @Option var batch = 128
  /// Of a round of `mlp-curve` and `esn-curve`, whose units are `width`.
  @Option var steps = 100
  /// Of `esn-curve`: the share of recurrent weights, and the series driven side by side.
  @Option var density = 0.05
  @Option var sequences = 1

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
      case (.mnistEpoch, .fit), (.mlpSeeds, .one), (.mlpSeeds, .ten):
        try Engine.configure(device: device, programCache: programs)
        let source = try BenchData(folder: data)
        try EpochRounds(worker, data: source.name)
          .run(train: source.train, test: source.test, seeds: variant == .ten ? 10 : 1)
      case (.cnnStep, .fit), (.cnnStepHalf, .fit), (.nineStep, .fit), (.nineStepHalf, .fit), (.wideStep, .fit),
        (.wideStep, .checkpoint), (.wideStepHalf, .fit), (.wideStepHalf, .checkpoint), (.largeStepHalf, .fit),
        (.transformerStep, .fit), (.transformerStepHalf, .fit),
        (.samStep, .sgd), (.samStep, .sam), (.lambStep, .adam), (.lambStep, .lamb), (.matrixStep, .adam),
        (.matrixStep, .shampoo), (.matrixStep, .soap), (.matrixStep, .muon),
        (.augmentStep, .fit), (.augmentStep, .strong):
        try Engine.configure(device: device, programCache: programs)
        try trainNetwork(worker)
      case (.twoDevices, _), (.fourDevices, _): try serveDevices(worker, programs)
      case (.startup, .step):
        let engine = try Engine(device: device, programCache: programs)
        let model = try BenchModel(on: engine)
        let program = try model.program(on: engine)
        let results = try program(model.parameters + model.firstBatch())
        let loss = try results[model.parameters.count].values(as: Float.self)[0]
        worker.say(.finished(loss: Double(loss)))
      case (.compile, .step):
        let engine = try Engine(device: device, programCache: programs)
        let model = try BenchModel(on: engine)
        let clock = ContinuousClock()
        let seconds = try clock.measure { _ = try model.program(on: engine) } / .seconds(1)
        worker.say(.compiled(seconds: seconds))
      case (.mlpCurve, .step):
        let engine = try Engine(device: device, programCache: programs)
        worker.serve(
          try CurveRounds(width: width, depth: depth, batch: batch, steps: steps, on: engine), data: "random")
      case (.wideCompile, .fit):
        try Engine.configure(device: device, programCache: programs)
        let clock = ContinuousClock()
        var loss = Double.nan
        let seconds = try clock.measure { loss = try WideCompilation.loss(depth: depth) } / .seconds(1)
        worker.say(.round(seconds: seconds, units: 1, loss: loss))
      case (.cnnStep, .step), (.cnnStep, .stepXLA):
        let engine = try Engine(device: device, programCache: programs, kernels: variant == .step ? nil : [])
        worker.serve(try CNNRounds(on: engine), data: "random")
      case (.convolution32, _), (.convolution16, _), (.convolution8, _):
        try serveConvolution(worker, programs)
      case (.augmentBasic, .step), (.augmentStrong, .step):
        let engine = try Engine(device: device, programCache: programs)
        let augmentation: any Augmentation = workload == .augmentBasic ? BasicAugmentation() : StrongAugmentation()
        worker.serve(try AugmentRounds(augmentation, on: engine), data: "random")
      case (.augmentEach, _):
        let engine = try Engine(device: device, programCache: programs)
        let augmentation = try Registry<any Augmentation>.all.build(MethodSpec(variant.rawValue))
        worker.serve(try AugmentRounds(augmentation, on: engine), data: "random")
      case (.pictures, .step):
        let engine = try Engine(device: device, programCache: programs)
        worker.serve(try PictureRounds(folder: data ?? "", on: engine), data: "pictures")
      case (.esnDrive, .step), (.esnFit, .step), (.esnGenerate, .step), (.esnEnsemble, .ensemble),
        (.esnCurve, .step), (.esnEnsemble, .member), (.esnEnsemble, .ensembleSingle), (.esnEnsemble, .memberSingle),
        (.esnEnsemble, .grid):
        try Engine.configure(device: device, programCache: programs)
        try serveReservoir(worker)
      default: throw ValidationError("\(workload.rawValue) has no variant '\(variant.rawValue)'")
      }
    } catch {
      worker.say(.failed(error))
      throw ExitCode.failure
    }
  }

  private func trainNetwork(_ worker: BenchWorker) throws {
    guard let method = BenchNetwork.method(variant) else { return }
    let network: BenchNetwork =
      switch workload {
      case .nineStep, .nineStepHalf, .augmentStep: .nine
      case .wideStep, .wideStepHalf: .wide
      case .largeStepHalf: .large
      case .transformerStep, .transformerStepHalf: .transformer
      case .matrixStep: .dense
      default: .cnn
      }
    let isHalf = workload.rawValue.hasSuffix("-bf16")
    try EpochRounds(worker, data: "random", units: network.steps)
      .run(
        network, method, precision: isHalf ? .bfloat16 : .float32,
        checkpointing: variant == .checkpoint ? .blocks : .none)
  }

  private func serveDevices(_ worker: BenchWorker, _ programs: ProgramCache?) throws {
    let isXLA = variant.rawValue.hasSuffix("-xla")
    let division: DeviceRounds.Division =
      switch variant {
      case .step, .stepXLA: .none
      case .replicas, .replicasXLA: .replicas
      case .partitions, .partitionsXLA: .partitions
      default: throw ValidationError("\(workload.rawValue) has no variant '\(variant.rawValue)'")
      }
    let engine = try Engine(
      device: device, devices: workload == .twoDevices ? 2 : 4, programCache: programs, kernels: isXLA ? [] : nil)
    worker.serve(try DeviceRounds(division, on: engine), data: "random")
  }

  private func serveReservoir(_ worker: BenchWorker) throws {
    let rounds: any BenchRounds =
      switch workload {
      case .esnFit: try ReadoutRounds()
      case .esnCurve:
        try ReservoirCurveRounds(units: width, density: density, sequences: sequences, steps: steps)
      case .esnEnsemble:
        try EnsembleRounds(
          networks: variant == .grid ? 4 : [.ensemble, .ensembleSingle].contains(variant) ? 20 : 1,
          penalties: variant == .grid ? 5 : 1,
          dtype: [.ensembleSingle, .memberSingle].contains(variant) ? .float32 : .float64)
      default: try ReservoirRounds(isFree: workload == .esnGenerate)
      }
    worker.serve(rounds, data: "random")
  }

  private func serveConvolution(_ worker: BenchWorker, _ programs: ProgramCache?) throws {
    let name = variant.rawValue.hasSuffix("-xla") ? String(variant.rawValue.dropLast(4)) : variant.rawValue
    guard let pass = ConvolutionRounds.Pass(rawValue: name) else {
      throw ValidationError("\(workload.rawValue) has no variant '\(variant.rawValue)'")
    }
    let engine = try Engine(device: device, programCache: programs, kernels: name == variant.rawValue ? nil : [])
    let (side, channels) = workload == .convolution32 ? (32, 64) : workload == .convolution16 ? (16, 128) : (8, 256)
    worker.serve(try ConvolutionRounds(side: side, channels: channels, pass: pass, on: engine), data: "random")
  }
}
