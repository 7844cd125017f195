import Foundation
import Synchronization

/// A running plugin and the programs compiled so far: all work on arrays goes through it.
///
/// One engine serves a process, and any thread may use it.
///
/// ```swift
/// let engine = try Engine.shared()
/// print(engine.device, engine.client.platformName, engine.statistics.compiled)
/// ```
public final class Engine: Sendable {
  /// The requested device: `cpu`, the name of an ``Accelerator``, or the path of a plugin.
  public let device: String
  /// How many devices programs may use: the first ones of each process.
  public let devices: Int
  /// How many of them are this process's.
  public let localDevices: Int
  public let client: Client
  /// The kernels that programs call instead of XLA's own code.
  public let kernels: Kernels
  /// The programs on disk; nil if none are stored.
  public let programCache: ProgramCache?
  private let programs: ProgramMemory
  private let record: ProgramRecord?
  /// The platform that programs are written for, the client's: `cpu`, `cuda`, …. Only those for `cpu` call kernels.
  public let platform: String

  /// - Parameters:
  ///   - device: `cpu`, the name of an ``Accelerator`` or of an engine for the CPU, or the path of a plugin.
  ///   - devices: how many devices of this process programs may use; on the CPU that many are created.
  ///   - threads: as ``ClientOptions/cpuThreads``.
  ///   - processes: as for ``Client/init(plugin:options:processes:)``. Their programs aren't stored.
  ///   - programCache: where compiled programs are stored; `nil` stores none.
  ///   - programLimit: how many compiled programs to hold in memory.
  ///   - kernels: which of the available kernels programs may call. By default those that are faster than XLA on this
  ///     processor, or none if the environment variable `TANREN_KERNELS` is `off`.
  /// - Throws: ``EngineError`` if the plugin is missing or has too few devices.
  public convenience init(
    device: String = "cpu", devices: Int = 1, threads: Int? = nil, processes: (any Rendezvous)? = nil,
    programCache: ProgramCache? = ProgramCache(), programLimit: Int = 512, kernels: KernelSet? = nil,
    locator: EngineLocator = EngineLocator()
  ) throws(EngineError) {
    try self.init(
      device: device, devices: devices, threads: threads, processes: processes, programCache: programCache,
      programLimit: programLimit, kernels: kernels, locator: locator, writingFor: nil)
  }

  /// - Parameter platform: the one that programs are written for, if it isn't the client's: what a GPU would get, for
  ///   machines without one.
  package init(
    device: String = "cpu", devices: Int = 1, threads: Int? = nil, processes: (any Rendezvous)? = nil,
    programCache: ProgramCache? = ProgramCache(), programLimit: Int = 512, kernels: KernelSet? = nil,
    locator: EngineLocator = EngineLocator(), writingFor platform: String?
  ) throws(EngineError) {
    let plugin = try Plugin.load(locator.plugin(for: device))
    if plugin.isCPU {
      try InstructionSet.check()
      try RetainedMemory.start(environment: locator.environment)
    }
    client = try Client(
      plugin: plugin, options: ClientOptions(cpuDeviceCount: devices, cpuThreads: threads), processes: processes)
    guard client.devices.count >= devices else {
      throw .invalidOptions("\(devices) devices were asked for, but '\(device)' has \(client.devices.count)")
    }
    self.platform = platform ?? client.platformName
    self.kernels = try Kernels(client: client, platform: self.platform, requested: kernels, locator: locator)
    self.device = device
    let processCount = client.processDevices?.count ?? 1
    (self.devices, localDevices) = (devices * processCount, devices)
    // Each process must run the very same program over their devices: none may find an older one on its disk.
    self.programCache = processCount == 1 ? programCache : nil
    record = ProgramRecord(environment: locator.environment)
    programs = ProgramMemory(limit: programLimit)
  }

  /// The compiled form of a program, from memory, from disk, or from XLA.
  /// - Parameter text: StableHLO as MLIR text.
  /// - Throws: as ``Client/compile(_:options:)`` does.
  public func compile(
    _ text: String, options: CompileOptions = CompileOptions()
  ) throws(EngineError) -> Executable {
    try programs.program(for: .init(text: text, options: options)) { (statistics) throws(EngineError) in
      try record?.add(text)
      let clock = ContinuousClock()
      let start = clock.now
      let key = programCache?.key(text, options: options, client: client)
      if let key, let executable = programCache?.load(key, client: client) {
        statistics.loaded += 1
        statistics.loadSeconds += (clock.now - start) / .seconds(1)
        return executable
      }
      let compileStart = clock.now
      let executable = try client.compile(text, options: options)
      statistics.compiled += 1
      statistics.compileSeconds += (clock.now - compileStart) / .seconds(1)
      if let key, let programCache {
        // A program that can't be stored runs all the same, and is compiled again another time.
        do throws(EngineError) { try programCache.store(executable, as: key) } catch { statistics.unkept += 1 }
      }
      return executable
    }
  }

  /// How many of a program's devices are this process's: a program on all of the engine's devices spans the processes,
  /// any other is this process's own.
  package func localCount(of devices: Int) -> Int { devices == self.devices ? localDevices : devices }

  /// Copies an array to a device.
  /// - Throws: as ``Client/buffer(_:device:)`` does.
  public func buffer(_ array: HostArray, device: Int = 0) throws(EngineError) -> Buffer {
    try client.buffer(array, device: device)
  }

  /// How many programs were compiled, loaded and reused so far, and the time that took.
  public var statistics: EngineStatistics { programs.statistics }
}

extension Engine {
  private struct Shared {
    var device: String?
    var devices = 1
    var threads: Int?
    var processes: (any Rendezvous)?
    var programCache: ProgramCache? = ProgramCache()
    var engine: Engine?
    var host: Engine?
  }

  private static let state = Mutex(Shared())

  @TaskLocal private static var scoped: Engine?

  /// Runs `body` with this engine as the one that ``shared()`` gives. Arrays of another engine can't be used in it.
  ///
  /// ```swift
  /// let engine = try Engine(devices: 2)
  /// print(try engine.asShared { try Engine.shared().devices })  // 2
  /// ```
  public func asShared<Value>(_ body: () throws -> Value) rethrows -> Value {
    try Self.$scoped.withValue(self, operation: body)
  }

  /// Configures the engine that ``shared()`` creates. It may be called again until then.
  /// - Parameters: as for ``init(device:devices:threads:processes:programCache:programLimit:kernels:locator:)``.
  /// - Throws: ``EngineError/alreadyStarted(device:devices:)`` if the engine runs with another choice.
  public static func configure(
    device: String, devices: Int = 1, threads: Int? = nil, processes: (any Rendezvous)? = nil,
    programCache: ProgramCache? = ProgramCache()
  ) throws(EngineError) {
    let running = state.withLock { state -> EngineError? in
      let isGroup = (processes?.processCount ?? 1) > 1
      if let engine = state.engine,
        engine.device != device || state.devices != devices || isGroup && engine.client.processDevices == nil
      {
        return .alreadyStarted(device: engine.device, devices: state.devices)
      }
      state.device = device
      state.devices = devices
      state.threads = threads
      state.processes = processes
      state.programCache = programCache
      return nil
    }
    if let running { throw running }
  }

  /// The engine of this process, or the one that takes its place within ``asShared(_:)``. That of the process is created by
  /// the first call: on the configured device, or the one that the environment variable `TANREN_DEVICE` names, or the CPU.
  /// - Throws: ``EngineError`` if it can't be created; a later call tries again.
  public static func shared() throws(EngineError) -> Engine {
    if let scoped { return scoped }
    let result = state.withLock { state -> Result<Engine, EngineError> in
      if let engine = state.engine { return .success(engine) }
      let named = ProcessInfo.processInfo.environment["TANREN_DEVICE"].flatMap { $0.isEmpty ? nil : $0 }
      let result = Result { () throws(EngineError) in
        try Engine(
          device: state.device ?? named ?? "cpu", devices: state.devices, threads: state.threads,
          processes: state.processes, programCache: state.programCache)
      }
      if case .success(let engine) = result { state.engine = engine }
      return result
    }
    return try result.get()
  }

  /// An engine on the CPU, for what only its kernels compute: ``shared()`` if that is one, otherwise another, made at the
  /// first call. Arrays come to it by way of the host.
  /// - Throws: ``EngineError`` if it can't be made; a later call tries again.
  public static func host() throws(EngineError) -> Engine {
    let shared = try shared()
    if shared.platform == "cpu" { return shared }
    let result = state.withLock { state -> Result<Engine, EngineError> in
      if let engine = state.host { return .success(engine) }
      let programCache = state.programCache
      let result = Result { () throws(EngineError) in try Engine(device: "cpu", programCache: programCache) }
      if case .success(let engine) = result { state.host = engine }
      return result
    }
    return try result.get()
  }
}

/// How often an ``Engine`` compiled, and how often it found a compiled program.
public struct EngineStatistics: Sendable, Equatable {
  /// Programs that XLA compiled.
  public var compiled = 0
  /// Programs loaded from the disk cache.
  public var loaded = 0
  /// Requests for a program that was already in memory.
  public var reused = 0
  /// Programs that couldn't be stored on disk.
  public var unkept = 0
  /// Time spent compiling.
  public var compileSeconds = 0.0
  /// Time spent loading from disk.
  public var loadSeconds = 0.0

  public init() {}
}
