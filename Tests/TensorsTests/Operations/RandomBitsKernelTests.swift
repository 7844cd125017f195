import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Random bits by kernels are XLA's, bit for bit.
@Suite(.tags(.engine)) struct RandomBitsKernelTests {
  private static let states: [[UInt64]] = [
    [0, 0], [7, 1], [.max, .max - 3], [0x1234_5678_9abc_def0, (1 << 32) - 6],
  ]

  private func agree(
    _ inputs: [(values: [UInt64], shape: Shape)], calling targets: [String], _ body: @escaping ([Tensor]) -> [Tensor],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let engines = try #require(KernelTests.engines)
    let types = inputs.map { TensorType(.uint64, $0.shape) }
    let programs = try [engines.with, engines.without].map { try Program(types, on: $0, body) }
    for target in targets {
      #expect(programs[0].text.contains("@tanren.\(target).1("), sourceLocation: location)
    }
    #expect(!programs[1].text.callsKernels, sourceLocation: location)
    let found = try programs.map { program in
      try program(inputs.map { Tensor($0.values, shape: $0.shape) }).map { try $0.values(as: UInt64.self) }
    }
    #expect(found[0] == found[1], sourceLocation: location)
  }

  /// Which words of a counter lie where depends on which extents are even; many bits are drawn by several threads.
  @Test(
    arguments: [
      [], [1], [2], [5], [8], [0], [3, 0], [2, 3], [3, 2], [3, 5], [5, 3], [3, 3], [1, 7, 1], [3, 4, 5], [5, 3, 6],
      [3, 3, 16, 64], [100_001], [64, 1000], [333, 331],
    ] as [[Int]])
  func bitsAgree(_ extents: [Int]) throws {
    for state in Self.states {
      for type in [DType.uint32, .uint64] {
        try agree([(state, [2])], calling: extents.contains(0) ? [] : ["random_bits"]) { inputs in
          [Tensor(RandomBits(type: TensorType(type, Shape(extents))), inputs).cast(to: .uint64)]
        }
      }
    }
  }

  @Test func bitsOfSeveralStatesAgree() throws {
    let states = (values: Self.states.flatMap(\.self), shape: [2, 2, 2] as Shape)
    for shape in [[], [3], [4, 3], [3, 5000]] as [Shape] {
      for type in [DType.uint32, .uint64] {
        try agree([states], calling: ["random_bits"]) {
          [Tensor(RandomBits(type: TensorType(type, shape)), $0).cast(to: .uint64)]
        }
      }
    }
  }

  @Test func derivedKeysAgree() throws {
    for state in Self.states {
      try agree([(state, [2]), ([.max - 1], [])], calling: ["folded_key"]) { inputs in
        [Key(state: inputs[0]).derived("noise").folding(inputs[1]).folding(-3).state]
      }
    }
    try agree([(Self.states.flatMap(\.self), [4, 2]), ([0, 1, 2, 3], [4])], calling: ["folded_key"]) {
      [Tensor(FoldedKey(), $0)]
    }
  }
}
