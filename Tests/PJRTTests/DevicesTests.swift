import PJRT
import TestSupport
import Testing

/// Programs over several devices, and the options that ask for them.
@Suite(.tags(.engine)) struct DevicesTests {
  private func engine() throws -> Engine { try Engine(devices: 4, programCache: nil) }

  @Test func sumsOverReplicas() throws {
    let engine = try engine()
    let program = try engine.compile(
      """
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %0 = "stablehlo.all_reduce"(%x) ({
        ^bb0(%a: tensor<f32>, %b: tensor<f32>):
          %s = stablehlo.add %a, %b : tensor<f32>
          stablehlo.return %s : tensor<f32>
        }) {replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>} : (tensor<2xf32>) -> tensor<2xf32>
        return %0 : tensor<2xf32>
      }
      """, options: CompileOptions(replicas: 4))
    let arguments = try (0..<4).map { [try engine.buffer(HostArray([Float($0), 1]), device: $0)] }
    let outputs = try program.execute(perDevice: arguments)
    #expect(try outputs.map { try $0[0].read().values(as: Float.self) } == Array(repeating: [6, 4], count: 4))
    #expect(throws: EngineError.self) { try program.execute(arguments[0]) }
    #expect(throws: EngineError.self) { try program.execute(perDevice: [arguments[0]]) }
    #expect(throws: EngineError.wrongArgumentCount(expected: 1, actual: 0)) {
      try program.execute(perDevice: [[], [], [], []])
    }
    // On the wrong devices.
    #expect(throws: EngineError.self) { try program.execute(perDevice: arguments.reversed()) }
  }

  @Test func splitsAnArrayOverPartitions() throws {
    let engine = try engine()
    let program = try engine.compile(
      """
      func.func @main(%x: tensor<8xf32> {mhlo.sharding = "{devices=[4]<=[4]}"}) -> (tensor<f32> {mhlo.sharding = "{replicated}"}) {
        %zero = stablehlo.constant dense<0.0> : tensor<f32>
        %0 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
        return %0 : tensor<f32>
      }
      """, options: CompileOptions(partitions: 4, usesSPMD: true))
    #expect(program.parameters == [BufferType(dtype: .float32, shape: [8])])
    let parts = try (0..<4).map { [try engine.buffer(HostArray([Float(2 * $0), Float(2 * $0 + 1)]), device: $0)] }
    let outputs = try program.execute(perDevice: parts)
    #expect(try outputs.allSatisfy { try $0[0].read().values(as: Float.self) == [28] })
    // A part of the wrong size, which the plugin must notice.
    let whole = try (0..<4).map { [try engine.buffer(HostArray([Float](repeating: 0, count: 8)), device: $0)] }
    #expect(throws: EngineError.self) {
      for output in try program.execute(perDevice: whole) { try output[0].wait() }
    }
    let flat = try engine.buffer(HostArray([Float](repeating: 0, count: 2), shape: [1, 2]))
    #expect(throws: EngineError.self) { try program.execute(perDevice: [[flat]] + parts.dropFirst()) }
  }

  @Test(arguments: [
    CompileOptions(replicas: 0), CompileOptions(replicas: -1), CompileOptions(partitions: 0),
    CompileOptions(replicas: 5), CompileOptions(replicas: 3, partitions: 2, usesSPMD: true),
    CompileOptions(replicas: .max, partitions: .max, usesSPMD: true), CompileOptions(partitions: 2),
    CompileOptions(usesShardy: true),
  ])
  func refusesOptionsThatWouldEndTheProcess(options: CompileOptions) throws {
    let engine = try engine()
    let error = #expect(throws: EngineError.self) { try engine.compile(Programs.sum, options: options) }
    guard case .invalidOptions = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func isConfiguredBeforeUse() throws {
    let engine = try Engine.shared()
    try Engine.configure(device: engine.device, devices: 1)
    #expect(throws: EngineError.alreadyStarted(device: engine.device, devices: 1)) {
      try Engine.configure(device: "cuda")
    }
    #expect(throws: EngineError.alreadyStarted(device: engine.device, devices: 1)) {
      try Engine.configure(device: engine.device, devices: 2)
    }
    #expect(try Engine.shared() === engine)
  }
}
