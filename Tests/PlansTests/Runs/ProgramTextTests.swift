import Foundation
import PJRT
import Plans
import TestSupport
import Testing

/// Programs for accelerators call no kernel of ours: these are for the CPU. An engine on the CPU writes, and runs, what a GPU
/// would get.
@Suite(.tags(.engine, .slow)) struct ProgramTextTests {
  private static let trainings = [
    "mlp": "model: mlp\noptimizer: adam\nevaluateBeforeTraining: true",
    "convolutions": "model: nineConv(filters: [4, 4, 4])\npartialBatch: pad",
    "wide residual network, sam": "model: wideResNet(depth: 10, width: 1)\ngradientRule: sam\ncheckpoint: blocks",
    "half precision": "model: cnn\ndtype: bfloat16\noptimizer: momentum",
    "augmentation": "model: mlp(hidden: [8])\naugmentation: [rotation, zoom, padAndCrop, cutMix]\naveraging: ema",
    "recurrence": "model: gru\noptimizer: muon",
  ]

  private static let experiments = [
    "ridge": "experiment: reservoirPrediction(units: 100, washout: 50, readout: ridge(lambda: 1e-6))\ndata: narma",
    "single precision": "experiment: reservoirPrediction(units: 100, washout: 50)\ndata: narma\ndtype: float32",
  ]

  /// All programs of a run on an engine that writes for a platform.
  private func texts(_ platform: String, devices: Int = 1, _ run: () throws -> Void) throws -> [String] {
    let folder = try TemporaryFolder()
    var locator = EngineLocator()
    locator.environment["TANREN_RECORD_PROGRAMS"] = folder("programs")
    try Engine(devices: devices, kernels: .all, locator: locator, writingFor: platform).asShared(run)
    return try FileManager.default.contentsOfDirectory(atPath: folder("programs")).map {
      try String(contentsOfFile: folder("programs/\($0)"), encoding: .utf8)
    }
  }

  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
  }

  @Test(arguments: trainings.keys.sorted()) func trainingsCallNoKernels(_ name: String) throws {
    let data = try SyntheticDigits.generate(trainCount: 50, testCount: 20)
    let run = try configuration(try #require(Self.trainings[name]) + "\nepochs: 1\nbatchSize: 20")
    func texts(_ platform: String) throws -> [String] {
      try self.texts(platform, devices: name == "mlp" ? 2 : 1) { _ = try Run(run, data: data).train() }
    }
    let (cuda, cpu) = (try texts("cuda"), try texts("cpu"))
    #expect(cuda.contains { $0.contains("stablehlo.while") })
    #expect(cuda.allSatisfy { !$0.contains("custom_call") && !$0.contains("@tanren.") })
    // On the CPU there are some, or this test would find none anywhere.
    #expect(cpu.contains { $0.contains("custom_call @tanren.") })
  }

  @Test(arguments: experiments.keys.sorted()) func experimentsCallNoKernels(_ name: String) throws {
    let run = try configuration(try #require(Self.experiments[name]))
    let data = try OpenedData(run.source(), named: "narma").pair
    func texts(_ platform: String) throws -> [String] {
      try self.texts(platform) { _ = try run.runExperiment(on: data) }
    }
    #expect(try texts("cuda").allSatisfy { !$0.contains("custom_call") && !$0.contains("@tanren.") })
    #expect(try texts("cpu").contains { $0.contains("custom_call @tanren.") })
  }

  @Test func noOtherPlatformHasKernels() throws {
    for platform in Accelerator.all.map(\.name) + ["METAL", "sycl", "xpu"] {
      let engine = try Engine(programCache: nil, kernels: .all, writingFor: platform)
      #expect(engine.kernels.active == [] && engine.kernels.available == [], "\(platform)")
      #expect(engine.kernels.reason == "kernels are for the CPU")
    }
    #expect(try Engine(programCache: nil, kernels: .all, writingFor: nil).kernels.active != [])
  }
}
