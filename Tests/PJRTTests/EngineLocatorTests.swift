import Foundation
import PJRT
import Testing

@Suite struct EngineLocatorTests {
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

  @Test func findsJAXForCUDA() throws {
    let plugin = try folder.write("", to: "venv/lib/python3.12/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so")
    #expect(try locator(["VIRTUAL_ENV": folder.path + "/venv"]).plugin(for: "cuda") == plugin)
    #expect(try locator(["PATH": "/bin:\(folder.path)/venv/bin"]).plugin(for: "cuda") == plugin)
    let tpu = try folder.write("", to: "venv/lib/python3.12/site-packages/libtpu/libtpu.so")
    #expect(try locator(["VIRTUAL_ENV": folder.path + "/venv"]).plugin(for: "tpu") == tpu)
  }

  @Test func choosesTheCacheFolder() {
    #expect(CacheFolder.path(environment: ["HOME": "/h"]) == "/h/.cache/tanren")
    #expect(CacheFolder.path(environment: ["HOME": "/h", "XDG_CACHE_HOME": "/c"]) == "/c/tanren")
    #expect(CacheFolder.path(environment: ["XDG_CACHE_HOME": "/c", "TANREN_CACHE": "/t"]) == "/t")
    #expect(CacheFolder.programs(environment: ["TANREN_CACHE": "/t"]) == "/t/programs")
  }
}
