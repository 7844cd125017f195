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
    #expect(error?.description.contains("cpu, cuda, tpu, rocm, oneapi, metal") == true)
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
    /// Installs a package as pip does, with data outside the folder of packages.
    private func installByPip(_ wheel: EngineWheel, size: Int = 8, version: String? = nil) throws -> String {
      let name = "\(wheel.name.replacing("-", with: "_"))-\(version ?? wheel.version ?? "")"
      let (place, packages) = (wheel.kernels == .oneDNN ? "../../../lib" : "inside", "lib/python3.11/site-packages")
      let digest = "sha256=vB3kW_pABssWleGU2b32UyrxTjI95mpb0TsUYYSxXTA"
      try folder.write(
        "\(name).dist-info/INSTALLER,,\n\(place)/\(wheel.library),\(digest),\(size)\ninside/__init__.pyc,,\n",
        to: "\(packages)/\(name).dist-info/RECORD")
      try folder.write("a plugin", to: (place == "inside" ? "\(packages)/inside/" : "lib/") + wheel.library)
      return "\(folder.path)/\(packages)/\(place)/\(wheel.library)"
    }

    private var packaged: EngineLocator {
      EngineLocator(
        environment: ["TANREN_CACHE": folder.path + "/cache"],
        executableFolder: folder.path + "/lib/python3.11/site-packages/tanren/bin")
    }

    @Test func findsWhatPipInstalledWithTheProgram() throws {
      let missing = #expect(throws: EngineError.self) { try packaged.plugin(for: "cpu") }
      #expect(missing?.description.contains("site-packages/xla_cpu_pjrt-0.0.1.dist-info") == true)
      // Another version is another engine.
      _ = try installByPip(wheel, version: "0.0.2")
      #expect(packaged.library(of: wheel) == nil && !packaged.isInstalledByPip(wheel))
      let cached = try install(wheel)
      #expect(try packaged.plugin(for: "cpu") == cached && !packaged.isInstalledByPip(wheel))
      for part in EngineWheel.pinned(for: .current) {
        let path = try installByPip(part)
        #expect(packaged.library(of: part) == path && packaged.isInstalledByPip(part))
        #expect(FileManager.default.contents(atPath: path) == Data("a plugin".utf8))
        try packaged.check(part)
      }
      #expect(try packaged.plugin(for: "cpu") == packaged.library(of: wheel))
      // A program elsewhere doesn't look there.
      #expect(try locator().plugin(for: "cpu") == cached)
    }

    @Test func saysHowPipReplacesWhatIsDamaged() throws {
      let path = try installByPip(wheel, size: 9)
      let error = #expect(throws: EngineError.self) { try packaged.plugin(for: "cpu") }
      #expect(
        error == .damaged(path: path, reason: "it has 8 bytes instead of 9", requirement: "xla-cpu-pjrt==0.0.1"))
      let remedy = "`python3 -m pip install --force-reinstall --no-deps xla-cpu-pjrt==0.0.1`"
      #expect(error?.description.contains(remedy) == true)
      #expect(throws: EngineError.self) { try packaged.check(wheel) }
    }

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
    let packages = folder.path + "/venv/lib/python3.12/site-packages"
    #expect(
      try EngineLocator(environment: [:], executableFolder: packages + "/tanren/bin").plugin(for: "cuda") == plugin)
    let tpu = try folder.write("", to: "venv/lib/python3.12/site-packages/libtpu/libtpu.so")
    #expect(try locator(["VIRTUAL_ENV": folder.path + "/venv"]).plugin(for: "tpu") == tpu)
  }

  /// Where the wheels on PyPI have their plugins, in the order of preference.
  private static let plugins: [(device: String, requirement: String, files: [String])] = [
    (
      "rocm", "jax-rocm7-pjrt",
      [
        "jax_plugins/xla_rocm10/xla_rocm_plugin.so", "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
        "jax_plugins/xla_rocm60/xla_rocm_plugin.so",
      ]
    ),
    (
      "oneapi", "jax-oneapi-pjrt",
      [
        "jax_plugins/xla_oneapi/xla_oneapi_plugin.so", "jax_plugins/intel_extension_for_openxla/pjrt_plugin_xpu.so",
      ]
    ),
    (
      "metal", "jax-mps",
      [
        "jax_plugins/mps/lib/libpjrt_plugin_mps.dylib", "jax_plugins/metal_plugin/pjrt_plugin_metal_14.dylib",
      ]
    ),
  ]

  @Test(arguments: plugins.indices) func findsOtherAccelerators(_ index: Int) throws {
    let (device, requirement, files) = Self.plugins[index]
    let packages = "venv/lib/python3.12/site-packages"
    let environment = ["VIRTUAL_ENV": folder.path + "/venv", "HOME": folder.path]
    try folder.write("", to: packages + "/numpy.py")
    let accelerator = try #require(Accelerator.named(device))
    if locator().plugin(of: accelerator) == nil {
      let error = #expect(throws: EngineError.self) { try locator(environment).plugin(for: device) }
      let message = try #require(error?.description)
      #expect(message.contains("`python3 -m pip install \(requirement)` (untested"), "\(message)")
      for file in files { #expect(message.contains("\(folder.path)/\(packages)/\(file)"), "\(message)") }
    }
    for file in files.reversed() {
      let plugin = try folder.write("", to: "\(packages)/\(file)")
      #expect(try locator(environment).plugin(for: device) == plugin)
    }
    // Beside the program, in a bundle; then what a variable names.
    let name = try #require(files[0].split(separator: "/").last)
    let bundled = try folder.write("", to: "bin/engine/\(name)")
    #expect(try locator(environment).plugin(for: device) == bundled)
    let named = environment.merging(["TANREN_\(device.uppercased())_PLUGIN": "/own.so"]) { _, own in own }
    #expect(try locator(named).plugin(for: device) == "/own.so")
    // What can't be loaded says so.
    #expect(throws: EngineError.self) { try Engine(device: device, programCache: nil, locator: locator(environment)) }
  }
}
