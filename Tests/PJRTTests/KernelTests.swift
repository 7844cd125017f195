import Foundation
import PJRT
import TestSupport
import Testing

/// Kernels as custom calls: finding them, calling them wrongly, and what they leave behind.
@Suite(.tags(.engine)) struct KernelTests {
  private static let hasOneDNN = has(.oneDNN)
  private static func has(_ library: KernelLibrary) -> Bool {
    EngineWheel.pinned(for: .current).contains { $0.kernels == library && EngineLocator().library(of: $0) != nil }
  }

  /// An engine whose libraries of kernels are looked for elsewhere.
  private func engine(_ environment: [String: String], kernels: KernelSet? = nil) throws -> Engine {
    let plugin = try Engine.shared().client.plugin.path
    return try Engine(
      programCache: nil, kernels: kernels,
      locator: EngineLocator(
        environment: environment.merging(["TANREN_PJRT_PLUGIN": plugin]) { own, _ in own }, executableFolder: nil))
  }

  @Test func fallsBackWithoutLibraries() throws {
    let folder = try TemporaryFolder()
    let kernels = try engine(["TANREN_CACHE": folder.path]).kernels
    #expect(kernels.active == .own && kernels.available == .own)
    #expect(kernels.reason == "oneDNN isn't installed; OpenBLAS isn't installed")
    #expect(kernels.description == "\(KernelSet.own); oneDNN isn't installed; OpenBLAS isn't installed")
  }

  @Test(arguments: KernelLibrary.allCases) func fallsBackFromWhatIsNotTheLibrary(_ library: KernelLibrary) throws {
    let folder = try TemporaryFolder()
    func reason(_ path: String) throws -> String? {
      let kernels = try engine(["TANREN_CACHE": folder.path, library.environmentVariable: path]).kernels
      #expect(kernels.active == .own)
      return kernels.reason
    }
    for (name, content) in [("text.so", "no library"), ("missing.so", nil)] {
      let path = try content.map { try folder.write($0, to: name) } ?? folder.path + "/" + name
      #expect(try reason(path)?.contains("\(library.name) can't be loaded: \(path)") == true)
    }
    #if os(Linux)
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: Engine.shared().client.plugin.path))
      let piece = folder.path + "/piece.so"
      try #require(try file.read(upToCount: 1 << 20)).write(to: URL(fileURLWithPath: piece))
      #expect(try reason(piece)?.contains("\(piece): it was cut short") == true)
    #endif
    // The plugin is a library, but another.
    let other = try Engine.shared().client.plugin.path
    #expect(try reason(other)?.contains("\(library.name) can't be loaded: \(other)") == true)
  }

  @Test func canBeTurnedOff() throws {
    let off = try engine(["TANREN_KERNELS": "off"]).kernels
    #expect(off.active.isEmpty && off.description == "none; turned off")
    #expect(try engine([:], kernels: []).kernels.active.isEmpty)
    #expect(try engine(["TANREN_KERNELS": "off"], kernels: .batchNormalization).kernels.active == .batchNormalization)
    let error = #expect(throws: EngineError.self) { try engine(["TANREN_KERNELS": "0"]) }
    #expect(error?.description.contains("TANREN_KERNELS must be on or off, not '0'") == true)
  }

  /// A module's kernels go with all that need no library, or by their own name.
  @Test func modulesBringKernels() throws {
    let module = KernelModule("smoothing", handlers: [:])
    for (kernels, isThere) in [
      (nil, true), (KernelSet.own, true), (module.set, true), ([.sum, KernelSet("smoothing")], true),
      (.batchNormalization, false), ([], false),
    ] as [(KernelSet?, Bool)] {
      let engine = try engine([:], kernels: kernels)
      #expect(engine.kernels.contains(module) == isThere, "\(kernels?.description ?? "default")")
    }
  }

  @Test func setsAreReadAsLists() {
    #expect(([] as KernelSet).description == "none" && ([] as KernelSet).isEmpty)
    #expect(([.sum, .convolution] as KernelSet).description == "convolution, sums")
    #expect(KernelSet.all.contains([.sum, .convolution]) && !KernelSet.own.contains([.sum, .convolution]))
    #expect(KernelSet.all.intersection([.sum, KernelSet("others")]) == .sum)
  }

  @Test func refusesUnknownWishesAboutMemory() throws {
    let error = #expect(throws: EngineError.self) { try engine(["TANREN_RETAIN_MEMORY": "no"]) }
    #expect(error?.description.contains("TANREN_RETAIN_MEMORY must be on or off, not 'no'") == true)
  }

  @Test(.enabled(if: hasOneDNN, "needs oneDNN")) func findsOneDNN() throws {
    let kernels = try Engine(programCache: nil, kernels: .all).kernels
    #expect(kernels.contains([.own, .convolution]))
    #expect(kernels.oneDNN == "3.2")
  }

  @Test(.enabled(if: has(.openBLAS), "needs OpenBLAS")) func findsOpenBLAS() throws {
    let kernels = try Engine(programCache: nil, kernels: .all).kernels
    #expect(kernels.contains([.own, .linearAlgebra]))
    #expect(kernels.openBLAS?.hasPrefix("0.3.34.481.3 (") == true, "\(kernels)")
  }

  @Test(
    .enabled(if: has(.openBLAS), "needs OpenBLAS"),
    arguments: [
      ("3x3xf64>)", "3x4xf64>)", "extents don't fit"), ("3x3xf64", "3x3xf16", "takes float32 or float64"),
      ("solve.1(%a, %b)", "solve.1(%a)", "another number of arrays"),
    ])
  func wrongSystemsAreThrown(_ old: String, _ new: String, _ message: String) throws {
    let engine = try Engine(programCache: nil, kernels: .linearAlgebra)
    func text(_ change: (String, String)) -> String {
      """
      func.func @main(%a: tensor<3x3xf64>, %b: tensor<3x3xf64>) -> tensor<3x3xf64> {
        %0 = stablehlo.custom_call @tanren.solve.1(%a, %b) {api_version = 4 : i32, backend_config = {}}
          : (tensor<3x3xf64>, tensor<3x3xf64>) -> tensor<3x3xf64>
        return %0 : tensor<3x3xf64>
      }
      """.replacingOccurrences(of: change.0, with: change.1)
    }
    #expect(try run(text(("", "")), on: engine).count == 1)
    var changed = text((old, new))
    if new.hasSuffix("(%a)") {
      changed = changed.replacingOccurrences(
        of: ": (tensor<3x3xf64>, tensor<3x3xf64>) ->", with: ": (tensor<3x3xf64>) ->")
    }
    if new.hasPrefix("3x4") {
      changed = changed.replacingOccurrences(of: "%b: tensor<3x3xf64>", with: "%b: tensor<3x4xf64>")
    }
    let error = #expect(throws: EngineError.self) { try run(changed, on: engine) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// A convolution of `[1, 5, 5, 2]` under `[3, 3, 2, 4]` with some of it replaced.
  private func convolution(_ change: (String, String)) -> String {
    """
    func.func @main(%x: tensor<1x5x5x2xf32>, %k: tensor<3x3x2x4xf32>) -> tensor<1x3x3x4xf32> {
      %0 = stablehlo.custom_call @tanren.convolution.2(%x, %k) {api_version = 4 : i32, backend_config = {
        strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>,
        groups = 1 : i64, winograd = 1 : i64}} : (tensor<1x5x5x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x3x3x4xf32>
      return %0 : tensor<1x3x3x4xf32>
    }
    """.replacingOccurrences(of: change.0, with: change.1)
  }

  private func run(_ text: String, on engine: Engine) throws -> [Buffer] {
    let executable = try engine.compile(text)
    let arguments = try executable.parameters.map { type in
      let count = type.shape.reduce(1, *) * type.dtype.byteCount
      return try engine.buffer(
        HostArray(dtype: type.dtype, shape: type.shape, bytes: [UInt8](repeating: 0, count: count)))
    }
    let results = try executable.execute(arguments)
    for result in results { try result.wait() }
    return results
  }

  @Test(
    .enabled(if: hasOneDNN, "needs oneDNN"),
    arguments: [
      ("strides = array<i64: 1, 1>", "strides = array<i64: 2, 1>", "the arrays' extents don't fit its attributes"),
      ("strides = array<i64: 1, 1>", "strides = array<i64: 0, 1>", "the arrays' extents don't fit its attributes"),
      ("strides = array<i64: 1, 1>", "strides = array<i64: 1>", "the arrays' extents don't fit its attributes"),
      ("groups = 1 : i64", "groups = 0 : i64", "the arrays' extents don't fit its attributes"),
      ("groups = 1 : i64", "groups = 1 : i32", "the arrays' extents don't fit its attributes"),
      ("winograd = 1 : i64", "winograd = 1.0 : f32", "the arrays' extents don't fit its attributes"),
      ("xf32>", "xf64>", "convolution takes float32 or bfloat16 arrays"),
      ("3x3x2x4xf32", "3x3x3x4xf32", "the arrays' extents don't fit its attributes"),
    ])
  func wrongCallsAreThrown(_ old: String, _ new: String, _ message: String) throws {
    let engine = try Engine(programCache: nil, kernels: .all)
    #expect(try run(convolution(("", "")), on: engine).count == 1)
    let error = #expect(throws: EngineError.self) { try run(convolution((old, new)), on: engine) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func wrongNormalizationsAreThrown() throws {
    let engine = try Engine(programCache: nil, kernels: .batchNormalization)
    func text(_ channels: Int, _ attributes: String = "epsilon = 0.1 : f64, relu = 0 : i64") -> String {
      """
      func.func @main(%x: tensor<4x3xf32>, %c: tensor<\(channels)xf32>) -> tensor<4x3xf32> {
        %0:3 = stablehlo.custom_call @tanren.batch_normalization.1(%x, %c, %c) {api_version = 4 : i32,
          backend_config = {\(attributes)}} : (tensor<4x3xf32>, tensor<\(channels)xf32>, tensor<\(channels)xf32>)
          -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>)
        return %0#0 : tensor<4x3xf32>
      }
      """
    }
    #expect(try run(text(3), on: engine).count == 1)
    for (program, message) in [(text(2), "extents don't fit"), (text(3, "relu = 0 : i64"), "epsilon and relu")] {
      let error = #expect(throws: EngineError.self) { try run(program, on: engine) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func unknownKernelsDontCompile() throws {
    let text = convolution(("convolution.2", "convolution.0"))
    #expect(throws: EngineError.self) { try run(text, on: try Engine.shared()) }
  }

  #if os(Linux)
    @Test(.enabled(if: hasOneDNN, "needs oneDNN")) func tenThousandStepsLeakNothing() throws {
      let engine = try Engine(programCache: nil, kernels: .all)
      let executable = try engine.compile(convolution(("", "")))
      let arguments = try executable.parameters.map { type in
        try engine.buffer(HostArray([Float](repeating: 1, count: type.shape.reduce(1, *)), shape: type.shape))
      }
      func steps(_ count: Int) throws {
        for _ in 0..<count { try executable.execute(arguments)[0].wait() }
      }
      func residentPages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(text[1]))
      }
      try steps(1000)
      let before = try residentPages()
      try steps(10_000)
      // Other tests run meanwhile. A plan left behind at each step would be 40,000 pages and more.
      #expect(try residentPages() - before < 20_000)
      let values: [Float] = try executable.execute(arguments)[0].read().values()
      #expect(values == [Float](repeating: 18, count: 36))
    }
  #endif
}
