import Foundation
import PJRT
import TestSupport
import Testing

/// Compiling and running programs on the CPU.
@Suite(.tags(.engine)) struct ExecutionTests {
  let engine: Engine

  init() throws {
    engine = try Engine.shared()
  }

  @Test func runsAProgram() throws {
    let program = try engine.compile(Programs.sum)
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

  @Test(arguments: DType.allCases) func carriesEachTypeThereAndBack(dtype: DType) throws {
    let bytes = (0..<6 * dtype.byteCount).map { UInt8($0 % 2) }
    let array = try HostArray(dtype: dtype, shape: [3, 1, 2], bytes: bytes)
    let program = try engine.compile(Programs.identity("3x1x2x\(dtype.mlir)"))
    #expect(program.outputs == [BufferType(dtype: dtype, shape: [3, 1, 2])])
    #expect(try program.execute([engine.buffer(array)])[0].read() == array)
  }

  /// Arguments and results as arrays, and a donated one once.
  @Test func saysWhatMemoryAProgramTakes() throws {
    let engine = try Engine.shared()
    let sum = try engine.compile(Programs.sum).memoryUse()
    #expect(sum.arguments == 48 && sum.aliased == 0 && sum.results >= 48)
    for donating in [true, false] {
      let use = try engine.compile(Programs.increment(count: 1000, donating: donating)).memoryUse()
      #expect(use.arguments == 4000 && use.results == 4000 && use.aliased == (donating ? 4000 : 0))
      #expect(use.total == use.temporary + (donating ? 4000 : 8000))
    }
  }

  @Test func carriesEmptyArraysAndScalars() throws {
    let empty = try HostArray(dtype: .float32, shape: [0, 4], bytes: [])
    let program = try engine.compile(Programs.identity("0x4xf32"))
    #expect(try program.execute([engine.buffer(empty)])[0].read() == empty)
    let scalar = try HostArray([2.5] as [Double], shape: [])
    #expect(try engine.compile(Programs.identity("f64")).execute([engine.buffer(scalar)])[0].read() == scalar)
  }

  @Test func runsAProgramWithoutArgumentsOrOutputs() throws {
    let constant = try engine.compile(
      "func.func @main() -> tensor<i32> { %0 = stablehlo.constant dense<7> : tensor<i32>\n return %0 : tensor<i32> }")
    #expect(try constant.execute([])[0].read().values() == [7] as [Int32])
    let nothing = try engine.compile("func.func @main() { return }")
    #expect(try nothing.execute([]).isEmpty)
  }

  @Test func takesBytesInPlace() throws {
    let values: [Int32] = [3, 1, 4, 1, 5]
    let type = BufferType(dtype: .int32, shape: [5])
    let buffer = try values.withUnsafeBytes { try engine.client.buffer($0, type: type) }
    var copy = [Int32](repeating: 0, count: 5)
    try copy.withUnsafeMutableBytes { try buffer.read(into: $0) }
    #expect(copy == values)
    #expect(throws: EngineError.wrongByteCount(type: type, actual: 16)) {
      try copy.withUnsafeMutableBytes { try buffer.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<16])) }
    }
    let negative = BufferType(dtype: .int32, shape: [-1, -5])
    #expect(throws: EngineError.wrongByteCount(type: negative, actual: 20)) {
      try values.withUnsafeBytes { try engine.client.buffer($0, type: negative) }
    }
  }

  @Test func namesTheLineOfABadProgram() throws {
    let text = "func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {\n  %0 = stablehlo.add %x, %z : tensor<2xf32>\n}"
    let error = #expect(throws: EngineError.self) { try engine.compile(text) }
    guard case .compilation(let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("2:26") || message.contains("line 2"), "\(message)")
    #expect(throws: EngineError.compilation(message: "it is empty")) { try engine.compile(" \n") }
  }

  @Test(arguments: [
    ("func.func @other() { return }", "main"),
    (
      "func.func @main(%x: tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>> { return %x : tensor<2xcomplex<f32>> }",
      "complex"
    ),
    ("func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> { return %x : tensor<?xf32> }", "?"),
    ("module { }", "main"),
    ("not a program", "1:1"),
    ("func.func @main(%x: tensor<4611686018427387904x4xf32>) { return }", "too large"),
    // Newer plugins end the process at the first array that they would have to fill.
    (
      "func.func @main() -> tensor<68719476736xf64> { %0 = stablehlo.iota dim = 0 : tensor<68719476736xf64> return %0 : tensor<68719476736xf64> }",
      "too large"
    ),
  ])
  func refusesProgramsThatItCannotFeed(text: String, word: String) throws {
    let error = #expect(throws: EngineError.self) { try engine.compile(text) }
    #expect(error?.description.contains(word) == true, "\(String(describing: error))")
  }

  @Test func refusesWrongArguments() throws {
    let program = try engine.compile(Programs.sum)
    let good = try engine.buffer(HostArray([Float](repeating: 1, count: 6), shape: [2, 3]))
    let turned = try engine.buffer(HostArray([Float](repeating: 1, count: 6), shape: [3, 2]))
    let whole = try engine.buffer(HostArray([Int32](repeating: 1, count: 6), shape: [2, 3]))
    #expect(throws: EngineError.wrongArgumentCount(expected: 2, actual: 1)) { try program.execute([good]) }
    #expect(throws: EngineError.wrongArgumentCount(expected: 2, actual: 3)) { try program.execute([good, good, good]) }
    #expect(throws: EngineError.wrongArgument(index: 1, expected: good.type, actual: turned.type)) {
      try program.execute([good, turned])
    }
    #expect(throws: EngineError.wrongArgument(index: 0, expected: good.type, actual: whole.type)) {
      try program.execute([whole, good])
    }
    let other = try Client(plugin: engine.client.plugin)
    let foreign = try other.buffer(HostArray([Float](repeating: 1, count: 6), shape: [2, 3]))
    #expect(throws: EngineError.foreignArgument(index: 0)) { try program.execute([foreign, good]) }
    #expect(throws: EngineError.noSuchDevice(index: 1, count: 1)) { try engine.buffer(HostArray([1]), device: 1) }
    #expect(throws: EngineError.noSuchDevice(index: -1, count: 1)) { try engine.buffer(HostArray([1]), device: -1) }
  }

  @Test func readsTheSignatureOfAnySpelling() throws {
    let program = try engine.compile(
      """
      // func.func @main(%a: tensor<9xf64>) is only a comment
      module @"a (strange: tensor<7xi8>) name" attributes {test.note = "func.func @main(%a: tensor<5xf64>)"} {
        func.func private @mainly(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> }
        func.func public @main (
            %a: tensor<4xf32> {tf.aliasing_output = 0 : i32, mhlo.sharding = "{replicated}"} loc("x:1:2"),  // "(
            %b : tensor< 2 x 3 x ui8 >, %c: tensor<i1> {jax.arg_info = "c) -> ("}) -> (tensor<4xf32> {jax.result_info = ""}) {
          %0 = func.call @mainly(%a) : (tensor<4xf32>) -> tensor<4xf32>
          return %0 : tensor<4xf32>
        }
      }
      """)
    #expect(program.parameters.map(\.description) == ["float32[4]", "uint8[2, 3]", "bool[]"])
  }

  @Test func runsOnSeveralThreads() async throws {
    let program = try engine.compile(Programs.increment(count: 5000, donating: false))
    let engine = engine
    let sums = try await withThrowingTaskGroup(of: Float.self) { group in
      for task in 0..<8 {
        group.addTask {
          var buffer = try engine.buffer(HostArray([Float](repeating: Float(task), count: 5000)))
          for _ in 0..<100 { buffer = try program.execute([buffer])[0] }
          let values = try buffer.read().values(as: Float.self)
          #expect(values.allSatisfy { $0 == Float(task) + 100 })
          return values[0]
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sums == 8 * 100 + 28)
  }

  @Test func letsGoOfBuffersWhileProgramsRun() throws {
    // Each step's input is let go as soon as the step is queued, before it has run.
    let program = try engine.compile(Programs.slow(steps: 20_000))
    var buffer = try engine.buffer(HostArray([Float](repeating: 0, count: 1024)))
    for _ in 0..<10 { buffer = try program.execute([buffer])[0] }
    // Memory that was freed too early would be written over by these.
    let others = try (0..<50).map { try engine.buffer(HostArray([Float](repeating: Float($0), count: 1024))) }
    #expect(try buffer.read().values(as: Float.self).allSatisfy { $0 == 200_000 })
    #expect(others.count == 50)
  }

  @Test func outlivesItsEngine() throws {
    var other: Engine? = try Engine(programCache: nil)
    var program = try other?.compile(Programs.slow(steps: 100_000))
    let input = try #require(try other?.buffer(HostArray([Float](repeating: 1, count: 1024))))
    other = nil
    let output = try #require(try program?.execute([input]))[0]
    program = nil
    #expect(try output.read().values(as: Float.self)[0] == 100_001)
  }

  @Test func throwsLaterWhatGoesWrongLater() throws {
    // Sorting needs copies of its inputs, here of 4 TiB together, which are asked for when the program runs. Each is
    // as large as an array may be; its results are used, so that none is left out.
    let (type, count) = ("tensor<\((1 << 36) - 1)xf32>", 16)
    func list(_ item: (Int) -> String, _ separator: String = ", ") -> String {
      (0..<count).map(item).joined(separator: separator)
    }
    let program = try engine.compile(
      """
      func.func @main() -> tensor<\(count)xf32> {
        %x = stablehlo.iota dim = 0 : \(type)
        %y:\(count) = "stablehlo.sort"(\(list { _ in "%x" })) ({
        ^bb0(\(list { "%a\($0): tensor<f32>, %b\($0): tensor<f32>" })):
          %c = stablehlo.compare LT, %a0, %b0 : (tensor<f32>, tensor<f32>) -> tensor<i1>
          stablehlo.return %c : tensor<i1>
        }) {dimension = 0 : i64} : (\(list { _ in type })) -> (\(list { _ in type }))
        \(list({ "%z\($0) = stablehlo.slice %y#\($0) [\($0):\($0 + 1)] : (\(type)) -> tensor<1xf32>" }, "\n"))
        %r = stablehlo.concatenate \(list { "%z\($0)" }), dim = 0 : (\(list { _ in "tensor<1xf32>" })) -> tensor<\(count)xf32>
        return %r : tensor<\(count)xf32>
      }
      """)
    let output = try program.execute([])[0]
    for _ in 0..<2 {
      let error = #expect(throws: EngineError.self) { try output.read() }
      #expect(error?.description.contains("Out of memory") == true)
      #expect(throws: EngineError.self) { try output.wait() }
    }
    // A program that takes what never came about fails likewise.
    let next = try engine.compile(Programs.increment(count: count, donating: false))
    #expect(throws: EngineError.self) { try next.execute([output])[0].read() }
  }

  #if os(Linux)
    @Test func keepsNoMemory() throws {
      // Of this process's own memory only: mapped files come and go with other tests.
      func residentBytes() throws -> Int {
        let status = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/status")).readToEnd() ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
      }
      let program = try engine.compile(Programs.increment(count: 16_384, donating: false))
      let array = try HostArray([Float](repeating: 0, count: 16_384))
      func run(_ times: Int) throws {
        for _ in 0..<times { try program.execute([engine.buffer(array)])[0].wait() }
      }
      try run(500)
      // Had each step kept its buffers of 64 KiB, 2,000 steps would take 260 MB each time. Other tests
      // allocate meanwhile, though hardly five times.
      let growth = try (0..<5).map { _ in
        let before = try residentBytes()
        try run(2000)
        return try residentBytes() - before
      }
      #expect(try #require(growth.min()) < 40_000_000, "\(growth)")
    }
  #endif
}
