import PJRT
import TestSupport
import Testing

/// Arguments whose memory a program takes over.
@Suite(.tags(.engine)) struct DonationTests {
  let engine: Engine

  init() throws {
    engine = try Engine.shared()
  }

  @Test func takesTheArgumentsMemory() throws {
    let program = try engine.compile(Programs.increment(count: 1000))
    let first = try engine.buffer(HostArray([Float](repeating: 1, count: 1000)))
    #expect(!first.isDeleted)
    let second = try program.execute([first])[0]
    #expect(first.isDeleted && !second.isDeleted)
    #expect(try second.read().values(as: Float.self).allSatisfy { $0 == 2 })
  }

  @Test func refusesUseAfterwards() throws {
    let program = try engine.compile(Programs.increment(count: 1000))
    let buffer = try engine.buffer(HostArray([Float](repeating: 1, count: 1000)))
    let next = try program.execute([buffer])[0]
    #expect(throws: EngineError.donated("argument 0 of the program")) { try program.execute([buffer]) }
    #expect(throws: EngineError.donated("the buffer of type float32[1000]")) { try buffer.read() }
    #expect(throws: EngineError.donated("the buffer of type float32[1000]")) { try buffer.wait() }
    // The refused call has done no harm.
    #expect(try program.execute([next])[0].read().values(as: Float.self)[0] == 3)
  }

  @Test func refusesToDonateWhatIsAlsoRead() throws {
    let program = try engine.compile(
      """
      func.func @main(%x: tensor<8xf32> {tf.aliasing_output = 0 : i32}, %y: tensor<8xf32>) -> tensor<8xf32> {
        %0 = stablehlo.add %x, %y : tensor<8xf32>
        return %0 : tensor<8xf32>
      }
      """)
    let buffer = try engine.buffer(HostArray([Float](repeating: 1, count: 8)))
    #expect(throws: EngineError.self) { try program.execute([buffer, buffer]) }
  }

  @Test func donatesInAChain() throws {
    let program = try engine.compile(Programs.increment(count: 1000))
    var buffer = try engine.buffer(HostArray([Float](repeating: 0, count: 1000)))
    for _ in 0..<2000 { buffer = try program.execute([buffer])[0] }
    #expect(try buffer.read().values(as: Float.self).allSatisfy { $0 == 2000 })
  }
}
