import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Programs over several devices, and what these exchange.
@Suite(.tags(.engine)) struct DeviceAxisTests {
  private static let counts = [1, 2, 4, 8]

  /// What each device has at the end.
  private func run(
    _ arguments: [Tensor], devices: Int, _ body: ([Tensor]) -> [Tensor]
  ) throws -> [[[Double]]] {
    let engine = try Engines.eightDevices.get()
    let program = try Program(arguments.map(\.type), devices: devices, on: engine) {
      body($0).map { $0.cast(to: .float64) }
    }
    let results = try program(arguments).map { try $0.perDevice().map { try $0.values(as: Double.self) } }
    return (0..<devices).map { device in results.map { $0[device] } }
  }

  /// The array [n, 10 n] for device n, from 1.
  private func numbered(_ devices: Int) throws -> Tensor {
    try Tensor(
      perDevice: (1...devices).map { try HostArray([Double($0), Double(10 * $0)]) }, on: Engines.eightDevices.get())
  }

  @Test(arguments: counts) func sumsAndMeansAreShared(_ devices: Int) throws {
    let axis = DeviceAxis(devices: devices)
    let found = try run([numbered(devices)], devices: devices) { inputs in
      axis.sum([inputs[0], inputs[0].cast(to: .int32), inputs[0][0]]) + [axis.mean(inputs[0]), axis.index]
    }
    let sum = Double(devices * (devices + 1) / 2)
    let mean = sum / Double(devices)
    for (index, own) in found.enumerated() {
      #expect(own == [[sum, 10 * sum], [sum, 10 * sum], [sum], [mean, 10 * mean], [Double(index)]])
    }
  }

  /// Half precision is added up in single precision: 256 + 1 + … isn't 256.
  @Test func sumsOfHalfPrecisionAreWide() throws {
    let axis = DeviceAxis(devices: 8)
    let arrays = try (0..<8).map { try HostArray([$0 == 0 ? 256 : 1] as [Float]) }
    let values = try Tensor(perDevice: arrays, on: Engines.eightDevices.get())
    #expect(try run([values], devices: 8) { [axis.sum($0[0].cast(to: .bfloat16))] }[3] == [[264]])
  }

  @Test(arguments: counts) func gathersAndTakesRows(_ devices: Int) throws {
    let axis = DeviceAxis(devices: devices)
    let table = Tensor((0..<16).map(Double.init), shape: [8, 2])
    let found = try run([numbered(devices), table], devices: devices) { inputs in
      [axis.gather(inputs[0]), axis.rows(of: inputs[1]), axis.gather(axis.rows(of: inputs[1]))]
    }
    let all = (1...devices).flatMap { [Double($0), Double(10 * $0)] }
    for (index, own) in found.enumerated() {
      let share = 16 / devices
      #expect(own == [all, (index * share..<(index + 1) * share).map(Double.init), (0..<16).map(Double.init)])
    }
    #expect(DeviceAxis(devices: 3).rows(of: table).diagnostic?.message.contains("3 devices don't divide") == true)
  }

  /// Eight devices as two groups of four: sums in a group, and between groups.
  @Test func anAxisSplits() throws {
    let (across, within) = try #require(DeviceAxis(devices: 8).split(into: 2))
    #expect((across.count, within.count) == (2, 4))
    let found = try run([numbered(8)], devices: 8) { inputs in
      let number = inputs[0][0]
      return [
        across.sum(number), within.sum(number), across.index, within.index, across.gather(number.expand(at: 0)),
      ]
    }
    for (index, own) in found.enumerated() {
      let place = Double(index % 4)
      #expect(
        own == [
          [2 * (place + 1) + 4], [index < 4 ? 10 : 26], [index < 4 ? 0 : 1], [place], [place + 1, place + 5],
        ])
    }
    #expect(DeviceAxis(devices: 8).split(into: 3) == nil)
    #expect(DeviceAxis(devices: 8).split(into: 0) == nil)
    // Groups of groups.
    let inner = try #require(within.split(into: 2))
    #expect(inner.across.groups == [[0, 2], [1, 3], [4, 6], [5, 7]])
    #expect(inner.within.groups == [[0, 1], [2, 3], [4, 5], [6, 7]])
  }

  /// The gradient of a loss over all examples, by devices that each have a part of them: also of a loss that isn't a sum, and
  /// the gradient's own gradient.
  @Test(arguments: counts) func gradientsAreThoseOfOneDevice(_ devices: Int) throws {
    let examples = Tensor((0..<16).map { Double(($0 * 7) % 11) - 4 }, shape: [8, 2])
    let weights = Tensor([0.3, -0.2])
    func slopes(_ examples: Tensor, _ weights: Tensor, over axis: DeviceAxis) -> [Tensor] {
      func loss(_ weights: Tensor) -> Tensor {
        let own = (examples * axis.spread(weights)).sum([1]).tanh()
        let (sum, squares) = (axis.sum(own.sum()), axis.sum(own.squared().sum()))
        return (squares / 8 - (sum / 8).squared()).exp() + weights.squared().sum()
      }
      let first = gradient(at: weights) { loss($0) }
      let second = gradient(at: weights) { weights in
        (gradient(at: weights) { loss($0) } * Tensor([0.7, -1.3])).sum()
      }
      return [loss(weights), first, second]
    }
    let expected = try slopes(examples, weights, over: DeviceAxis(devices: 1)).map { try $0.values(as: Double.self) }
    let axis = DeviceAxis(devices: devices)
    let found = try run([examples, weights], devices: devices) { inputs in
      slopes(axis.rows(of: inputs[0]), inputs[1], over: axis)
    }
    for own in found {
      for (found, expected) in zip(own, expected) { #expect(agree(found, expected, within: 1e-13)) }
      #expect(own == found[0])
    }
  }

  /// Rows that are gathered have their gradients where they came from.
  @Test func gradientsOfGatheredRows() throws {
    let axis = DeviceAxis(devices: 4)
    let factors = Tensor((1...8).map(Double.init))
    let found = try run([numbered(4)], devices: 4) { inputs in
      [gradient(at: inputs[0]) { (axis.gather($0.squared()) * factors).sum() }]
    }
    for (index, own) in found.enumerated() {
      let (n, place) = (Double(index + 1), Double(2 * index))
      #expect(own == [[2 * n * (place + 1), 20 * n * (place + 2)]])
    }
  }

  @Test func workInLoopsAndBatches() throws {
    let axis = DeviceAxis(devices: 2)
    let found = try run([numbered(2)], devices: 2) { inputs in
      let looped = scan(carry: [inputs[0]], length: 3) { carry, _ in
        ([axis.sum(carry[0]) + axis.index.cast(to: .float64)], [])
      }
      let members = vectorized { (member: Tensor) in axis.sum(member * 2) }
      return looped.carry + [members(inputs[0]), vectorized { axis.gather($0.expand(at: 0)) }(inputs[0])]
    }
    // [3, 30], then twice that and 1, …
    #expect(found[0] == [[15, 123], [6, 60], [1, 2, 10, 20]])
    #expect(found[1] == [[16, 124], [6, 60], [1, 2, 10, 20]])
  }

  /// What a program changes in place, it changes on each device.
  @Test func eachDeviceHasItsOwnMemory() throws {
    let engine = try Engines.eightDevices.get()
    let program = try Program([TensorType(.float64, [2])], aliases: [0: 0], devices: 4, on: engine) { [$0[0] * 2] }
    var state = try numbered(4)
    for _ in 0..<3 { state = try program([state])[0] }
    let found = try state.perDevice().map { try $0.values(as: Double.self) }
    #expect(found == [[8, 80], [16, 160], [24, 240], [32, 320]])
    // The first device's stands for all where one is asked for.
    #expect(try state.values(as: Double.self) == [8, 80])
  }

  /// An argument that is on one device is copied to the others, and so are large constants.
  @Test func sharedArgumentsReachAllDevices() throws {
    let engine = try Engines.eightDevices.get()
    let table = Tensor((0..<100).map(Double.init))
    let single = try Tensor([1.0, 2]).evaluate(on: engine)
    let found = try run([single], devices: 8) { [$0[0].sum() + table.sum()] }
    #expect(found.allSatisfy { $0 == [[4953]] })
  }

  @Test func anotherNumberOfDevicesIsRefused() throws {
    let engine = try Engines.eightDevices.get()
    let axis = DeviceAxis(devices: 4)
    let bodies: [(Int, (Tensor) -> Tensor)] = [
      (1, { axis.sum($0) }), (2, { axis.gather($0) }), (8, { $0 + axis.index.cast(to: .float64) }),
    ]
    for (devices, body) in bodies {
      let error = #expect(throws: Diagnostic.self) {
        try Program([TensorType(.float64, [2])], devices: devices, on: engine) { [body($0[0])] }
      }
      let message = "is for a program that runs on 4 devices, but this one runs on \(devices)"
      #expect(error?.message.contains(message) == true)
    }
    let error = #expect(throws: EngineError.self) {
      try Program([TensorType(.float64, [2])], devices: 9, on: engine) { $0 }
    }
    #expect(error?.description.contains("need 9 devices, but the engine has 8") == true)
    #expect(throws: Diagnostic.self) { try Tensor(perDevice: [HostArray([1.0]), HostArray([1.0, 2])], on: engine) }
    #expect(throws: EngineError.noSuchDevice(index: 8, count: 8)) {
      try Tensor(perDevice: (0..<9).map { try HostArray([Double($0)]) }, on: engine)
    }
  }

  /// A kernel is called by each device, on its own part.
  @Test func kernelsStayOnTheirDevices() throws {
    let engine = try Engines.eightDevices.get()
    let axis = DeviceAxis(devices: 4)
    let examples = TensorType(.float32, [512, 64])
    let program = try Program([examples], devices: 4, on: engine) { [axis.sum(axis.rows(of: $0[0]).sum([0]))] }
    if engine.kernels.contains(.sum) { #expect(program.text.contains("@tanren.sum.1(%")) }
    #expect(program.text.contains("(tensor<128x64xf32>) -> tensor<64xf32>"))
    #expect(program.text.contains("replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>"))
    let found = try program([Tensor.ones([512, 64])])[0].perDevice()
    #expect(try found.allSatisfy { try $0.values(as: Float.self) == Array(repeating: 512, count: 64) })
  }
}
