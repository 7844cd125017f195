import Foundation
import PJRT
import Testing

/// Compiling and running programs on the CPU.
@Suite struct ExecutionTests {
  let engine: Engine

  init() throws {
    engine = try Engine.shared()
  }

  static let sum = """
    func.func @main(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>) {
      %0 = stablehlo.add %x, %y : tensor<2x3xf32>
      %1 = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
      return %0, %1 : tensor<2x3xf32>, tensor<3x2xf32>
    }
    """

  @Test func runsAProgram() throws {
    let program = try engine.compile(Self.sum)
    #expect(program.parameters.map(\.description) == ["float32[2, 3]", "float32[2, 3]"])
    #expect(program.outputs.map(\.description) == ["float32[2, 3]", "float32[3, 2]"])
    let x = try engine.buffer(HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
    let y = try engine.buffer(HostArray([10, 20, 30, 40, 50, 60] as [Float], shape: [2, 3]))
    let outputs = try program.execute([x, y])
    #expect(try outputs[0].read().values() == [11, 22, 33, 44, 55, 66] as [Float])
    #expect(outputs[0].dtype == .float32)
    // Row-major whatever order the device keeps.
    #expect(outputs[1].shape == [3, 2])
    #expect(try outputs[1].read().values() == [1, 4, 2, 5, 3, 6] as [Float])
  }
}
