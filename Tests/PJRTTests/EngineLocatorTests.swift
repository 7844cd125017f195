import Foundation
import PJRT
import TestSupport
import Testing

@Suite(.tags(.engine)) struct EngineLocatorTests {
  let folder: TemporaryFolder
  let wheel: EngineWheel

  init() throws {
    folder = try TemporaryFolder()
    wheel = try #require(EngineWheel.pinned(for: .current).first { $0.device == "cpu" })
  }

  private func locator(_ environment: [String: String] = [:]) -> EngineLocator {
    EngineLocator(
      environment: environment.merging(["TANREN_CACHE": folder.path + "/cache"]) { own, _ in own },
      executableFolder: folder.path + "/bin")
  }

  @Test func namesTheRemedyForAMissingPlugin() throws {
    let error = #expect(throws: EngineError.self) { try locator().plugin(for: "cpu") }
    let message = try #require(error?.description)
    #expect(message.contains("tanren engine install") && message.contains(folder.path + "/cache/engine"))
    let cuda = #expect(throws: EngineError.self) { try locator(["HOME": folder.path]).plugin(for: "cuda") }
    // A machine may have JAX for CUDA installed for all users; then it is found instead.
    #expect(cuda == nil || cuda?.description.contains("pip install 'jax[cuda13]'") == true)
  }

  @Test func refusesUnknownDevices() {
    let error = #expect(throws: EngineError.self) { try locator().plugin(for: "gpu") }
    #expect(error?.description.contains("cpu, cuda, tpu") == true)
  }

  @Test func takesPathsAsTheyAre() throws {
    #expect(try locator().plugin(for: "/some/plugin.so") == "/some/plugin.so")
    #expect(try locator().plugin(for: "plugin.so") == "plugin.so")
    #expect(try locator(["TANREN_PJRT_PLUGIN": "/x.so"]).plugin(for: "cpu") == "/x.so")
    let both = ["TANREN_PJRT_PLUGIN": "/x.so", "TANREN_CUDA_PLUGIN": "/y.so"]
    #expect(try locator(both).plugin(for: "cuda") == "/y.so")
    #expect(try locator(both).plugin(for: "cpu") == "/x.so")
  }

  @Test func prefersTheBundleToTheCache() throws {
    let cached = try folder.write("", to: "cache/engine/\(wheel.folder)/deep/\(wheel.library)")
    #expect(try locator().plugin(for: "cpu") == cached)
    let bundled = try folder.write("", to: "bin/engine/\(wheel.library)")
    #expect(try locator().plugin(for: "cpu") == bundled)
  }

  /// Installs an engine of that content whose list of files has another size or digest.
  private func install(
    _ wheel: EngineWheel, size: Int = 8, digest: String = "vB3kW_pABssWleGU2b32UyrxTjI95mpb0TsUYYSxXTA"
  ) throws -> String {
    let place = "cache/engine/\(wheel.folder)/"
    _ = try folder.write("inside/\(wheel.library),sha256=\(digest),\(size)\n", to: place + "part.dist-info/RECORD")
    return try folder.write("a plugin", to: place + "inside/" + wheel.library)
  }

  @Test func refusesAnEngineOfAnotherSize() throws {
    let path = try install(wheel)
    #expect(try locator().plugin(for: "cpu") == path)
    try locator().check(wheel)
    _ = try install(wheel, size: 9)
    let error = #expect(throws: EngineError.damaged(path: path, reason: "it has 8 bytes instead of 9")) {
      try locator().plugin(for: "cpu")
    }
    #expect(error?.description.contains("`tanren engine install`") == true)
    #expect(throws: EngineError.self) { try Engine(programCache: nil, locator: locator()) }
  }

  @Test func findsAFlippedByteWhereItIsAsked() throws {
    let path = try install(wheel, digest: String(repeating: "0", count: 43))
    #expect(try locator().plugin(for: "cpu") == path)
    let error = #expect(throws: EngineError.self) { try locator().check(wheel) }
    #expect(error?.description.contains(path) == true && error?.description.contains("tanren engine install") == true)
  }

  #if os(Linux) && arch(x86_64)
    @Test func choosesAnEngineByItsName() throws {
      let other = try #require(EngineWheel.engines(for: .current).last)
      #expect(other != wheel)
      let missing = #expect(throws: EngineError.self) { try locator().plugin(for: other.name) }
      #expect(missing?.description.contains("tanren engine install --engine \(other.name)") == true)
      let path = try install(other)
      #expect(try locator().plugin(for: other.name) == path)
      // Alone it is the CPU's; beside the first it isn't.
      #expect(try locator().plugin(for: "cpu") == path)
      let first = try install(wheel)
      #expect(try locator().plugin(for: "cpu") == first && locator().plugin(for: other.name) == path)
      _ = try install(other, size: 7)
      let error = #expect(throws: EngineError.self) { try locator().plugin(for: other.name) }
      #expect(error?.description.contains("tanren engine install --engine \(other.name)") == true)
    }

    @Test(arguments: KernelLibrary.allCases) func refusesADamagedLibrary(_ library: KernelLibrary) throws {
      let wheel = try #require(EngineWheel.libraries(for: .current).first { $0.kernels == library })
      let path = try install(wheel, size: 7)
      let plugin = try Engine.shared().client.plugin.path
      #expect(throws: EngineError.damaged(path: path, reason: "it has 8 bytes instead of 7")) {
        try Engine(programCache: nil, locator: locator(["TANREN_PJRT_PLUGIN": plugin]))
      }
    }
  #endif

  @Test func findsJAXForCUDA() throws {
    let plugin = try folder.write("", to: "venv/lib/python3.12/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so")
    #expect(try locator(["VIRTUAL_ENV": folder.path + "/venv"]).plugin(for: "cuda") == plugin)
    #expect(try locator(["PATH": "/bin:\(folder.path)/venv/bin"]).plugin(for: "cuda") == plugin)
    let tpu = try folder.write("", to: "venv/lib/python3.12/site-packages/libtpu/libtpu.so")
    #expect(try locator(["VIRTUAL_ENV": folder.path + "/venv"]).plugin(for: "tpu") == tpu)
  }
}
