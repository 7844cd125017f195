import CPJRT
import Foundation
import Synchronization

/// How a ``Client`` is created.
public struct ClientOptions: Sendable, Hashable {
  /// How many devices the CPU plugin splits the machine into. More than one is useful only for programs over several
  /// devices: with one, a program may use every core.
  public var cpuDeviceCount: Int

  /// Threads that a program on the CPU may use; nil for one per core. Where several processes share
  /// the cores, one thread per process is most efficient.
  public var cpuThreads: Int?

  public init(cpuDeviceCount: Int = 1, cpuThreads: Int? = nil) {
    self.cpuDeviceCount = cpuDeviceCount
    self.cpuThreads = cpuThreads
  }

  func validate() throws(EngineError) {
    guard (1...1024).contains(cpuDeviceCount) else {
      throw .invalidOptions("the number of CPU devices must be from 1 to 1024, not \(cpuDeviceCount)")
    }
    guard cpuThreads.map((1...1024).contains) ?? true else {
      throw .invalidOptions("the number of CPU threads must be from 1 to 1024, not \(cpuThreads ?? 0)")
    }
  }
}

/// A device that programs run on.
public struct Device: Sendable, Hashable {
  /// The plugin's number for the device.
  public let id: Int
  /// The plugin's name for the kind of device, for example `cpu` or `NVIDIA H100 80GB HBM3`.
  public let kind: String
}

/// A running plugin: the devices it drives and the programs and buffers on them.
public final class Client: Sendable {
  public let plugin: Plugin
  /// For example `cpu` or `cuda`.
  public let platformName: String
  /// The plugin's version text.
  public let platformVersion: String
  /// The devices of this process.
  public let devices: [Device]
  /// How many devices all processes have together.
  public var deviceCount: Int { processDevices.map { $0.reduce(0) { $0 + $1.count } } ?? devices.count }
  /// A digest of everything that a compiled program depends on besides its text and options.
  public let fingerprint: String
  // Opaque to us; the C API allows calls on them from any thread.
  nonisolated(unsafe) let handle: OpaquePointer
  nonisolated(unsafe) let deviceHandles: [OpaquePointer]
  var api: UnsafePointer<PJRT_Api> { plugin.api }
  /// ``ClientOptions/cpuThreads``.
  public let cpuThreads: Int?
  /// For each of the processes that train together the numbers of its devices; nil for a process alone.
  let processDevices: [[Int]]?
  /// What the plugin calls as long as the client lives.
  private let callbacks: KeyValueCallbacks?
  /// The settings that programs are compiled with.
  let settings: [XLASetting]
  /// The settings that the plugin accepts; `nil` until they were tried.
  private let settingsKnown = Mutex<[XLASetting]?>(nil)
  /// Whether the devices' memory is the host's.
  let sharesHostMemory: Bool

  /// - Parameter processes: the processes that train together; programs may then span their devices. The client is
  ///   created once all of them are there.
  /// - Throws: ``EngineError/invalidOptions(_:)``; ``EngineError/failed(operation:code:message:)`` if the plugin finds no
  ///   device; ``EngineError/separateProcesses(platform:answer:)`` if its programs can't span processes;
  ///   ``EngineError/rendezvous(_:)`` if the processes don't meet.
  public convenience init(
    plugin: Plugin, options: ClientOptions = ClientOptions(), processes: (any Rendezvous)? = nil
  ) throws(EngineError) {
    try self.init(plugin: plugin, options: options, processes: processes, settings: nil)
  }

  /// - Parameter settings: instead of those for the plugin's platform.
  package init(
    plugin: Plugin, options: ClientOptions = ClientOptions(), processes: (any Rendezvous)? = nil,
    settings: [XLASetting]?
  ) throws(EngineError) {
    try options.validate()
    if plugin.isCPU, let threads = options.cpuThreads {
      // XLA, and OpenMP in the kernels, read these when they create their threads.
      for name in ["NPROC", "OMP_NUM_THREADS"] { setenv(name, "\(threads)", 1) }
    }
    let api = plugin.api
    let processes = processes.flatMap { $0.processCount > 1 ? $0 : nil }
    if processes != nil { try Self.checkCollectives(of: plugin) }
    callbacks = try processes.map { (processes) throws(EngineError) in
      try EngineError.meeting { () throws(RendezvousError) in KeyValueCallbacks(try processes.join()) }
    }
    let handle = try Self.create(
      plugin, CreateOption.all(for: plugin, options, processes), callbacks: callbacks)
    do throws(EngineError) {
      platformName = try Self.platformName(of: handle, api)
      platformVersion = try Self.platformVersion(of: handle, api)
      deviceHandles = try Self.deviceHandles(of: handle, api)
      devices = try deviceHandles.map { (device) throws(EngineError) in try Self.describe(device, api) }
      processDevices = try Self.processDevices(of: handle, api, processes, platform: platformName)
    } catch {
      Self.destroy(handle, api)
      throw error
    }
    self.settings = settings ?? XLASetting.all(for: platformName)
    fingerprint = Self.fingerprint(
      plugin: plugin, platformName: platformName, platformVersion: platformVersion, devices: devices,
      settings: self.settings)
    sharesHostMemory = platformName == "cpu"
    cpuThreads = options.cpuThreads
    self.plugin = plugin
    self.handle = handle
  }

  deinit { Self.destroy(handle, api) }

  func deviceHandle(_ index: Int) throws(EngineError) -> OpaquePointer {
    guard deviceHandles.indices.contains(index) else {
      throw .noSuchDevice(index: index, count: deviceHandles.count)
    }
    return deviceHandles[index]
  }

  static func destroy(_ client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>) {
    api.release(api.pointee.PJRT_Client_Destroy) { $0.client = client }
  }

  private static func platformName(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> String {
    let answer = try api.call("asking the platform's name", api.pointee.PJRT_Client_PlatformName) {
      $0.client = client
    }
    return String(bytes: answer.platform_name, count: answer.platform_name_size)
  }

  private static func platformVersion(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> String {
    let answer = try api.call("asking the platform's version", api.pointee.PJRT_Client_PlatformVersion) {
      $0.client = client
    }
    return String(bytes: answer.platform_version, count: answer.platform_version_size)
  }

  private static func deviceHandles(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> [OpaquePointer] {
    let answer = try api.call("listing devices", api.pointee.PJRT_Client_AddressableDevices) { $0.client = client }
    return UnsafeBufferPointer(start: answer.addressable_devices, count: answer.num_addressable_devices)
      .compactMap { $0 }
  }

  private static func describe(
    _ device: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> Device {
    let operation = "describing a device"
    let description = try api.call(operation, api.pointee.PJRT_Device_GetDescription) { $0.device = device }
      .device_description
    let id = try api.call(operation, api.pointee.PJRT_DeviceDescription_Id) { $0.device_description = description }
    let kind = try api.call(operation, api.pointee.PJRT_DeviceDescription_Kind) { $0.device_description = description }
    return Device(id: Int(id.id), kind: String(bytes: kind.device_kind, count: kind.device_kind_size))
  }
}

extension Client {
  /// A digest of everything that a compiled program depends on besides its text and options: the plugin, the
  /// platform, the devices, the processor, XLA's settings and its flags.
  ///
  /// The plugin's file is identified by its size and its first 64 KiB, where linkers put a digest of the rest.
  static func fingerprint(
    plugin: Plugin, platformName: String, platformVersion: String, devices: [Device], settings: [XLASetting]
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) { hash.update([UInt8](text.utf8) + [0]) }
    add("\(plugin.apiVersion.major).\(plugin.apiVersion.minor)")
    for (name, value) in plugin.attributes.sorted(by: { $0.key < $1.key }) { add("\(name)=\(value)") }
    add(platformName)
    add(platformVersion)
    for device in devices { add(device.kind) }
    add(HostProcessor.description)
    add(settings.map(\.description).joined(separator: " "))
    add(ProcessInfo.processInfo.environment["XLA_FLAGS"] ?? "")
    if let file = FileHandle(forReadingAtPath: plugin.path) {
      defer { try? file.close() }
      hash.update([UInt8]((try? file.read(upToCount: 65_536)) ?? Data()))
      add("\((try? file.seekToEnd()) ?? 0)")
    }
    return hash.hexDigest()
  }
}

extension Client {
  /// Copies an array to a device.
  /// - Parameter device: an index of ``devices``.
  /// - Throws: ``EngineError/noSuchDevice(index:count:)``, or the plugin's error, such as that its
  ///   memory is full.
  public func buffer(_ array: HostArray, device: Int = 0) throws(EngineError) -> Buffer {
    let type = BufferType(dtype: array.dtype, shape: array.shape)
    return try array.bytes.withUnsafeBytes { bytes in
      Result { () throws(EngineError) in try buffer(bytes, type: type, device: device) }
    }.get()
  }

  /// Copies bytes in row-major order to a device; they are read during the call only.
  /// - Throws: ``EngineError/wrongByteCount(type:actual:)``, and as ``buffer(_:device:)`` does.
  public func buffer(
    _ bytes: UnsafeRawBufferPointer, type: BufferType, device: Int = 0
  ) throws(EngineError) -> Buffer {
    guard type.shape.allSatisfy({ $0 >= 0 }), bytes.count == type.byteCount else {
      throw .wrongByteCount(type: type, actual: bytes.count)
    }
    let device = try deviceHandle(device)
    var create = PJRT_Client_BufferFromHostBuffer_Args.sized {
      $0.client = handle
      $0.type = type.dtype.pjrt
      $0.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall
      $0.device = device
    }
    let error = withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(type.shape.count, 1)) { extents in
      for (axis, extent) in type.shape.enumerated() { extents[axis] = Int64(extent) }
      create.dims = UnsafePointer(extents.baseAddress)
      create.num_dims = type.shape.count
      // An empty array still needs an address that isn't null.
      create.data = bytes.baseAddress ?? UnsafeRawPointer(extents.baseAddress)
      return api.pointee.PJRT_Client_BufferFromHostBuffer(&create)
    }
    try api.check("copying an array of type \(type) to a device", error)
    api.destroy(event: create.done_with_host_buffer)
    guard let handle = create.buffer else {
      throw .failed(operation: "copying to a device", code: .internal, message: "the plugin made no buffer")
    }
    return Buffer(owning: handle, type: type, client: self)
  }
}

extension Client {
  /// The settings of XLA that the plugin accepts. They are tried once, when it has rejected a program.
  /// - Throws: ``EngineError/unsoundPlugin(path:reason:)`` if the plugin doesn't know a setting and computes wrongly
  ///   without it.
  package func acceptedSettings() throws(EngineError) -> [XLASetting] {
    let result = settingsKnown.withLock { known -> Result<[XLASetting], EngineError> in
      if let known { return .success(known) }
      let result = Result { () throws(EngineError) in try self.trySettings() }
      if case .success(let accepted) = result { known = accepted }
      return result
    }
    return try result.get()
  }

  private func trySettings() throws(EngineError) -> [XLASetting] {
    let accepted = settings.filter { setting in
      (try? compile("func.func @main() { return }", options: CompileOptions(), with: [setting])) != nil
    }
    for setting in settings where !accepted.contains(setting) {
      guard let guarantee = setting.guarantee, try !guarantee.holds(on: self, with: accepted) else { continue }
      throw .unsoundPlugin(
        path: plugin.path, reason: "it doesn't know XLA's option '\(setting.name)', and \(guarantee.breach)")
    }
    return accepted
  }

  /// The guarantees that the plugin breaks, in words; empty if it is sound.
  /// - Throws: ``EngineError`` if they can't be tested.
  public func breaches() throws(EngineError) -> [String] {
    let settings = try acceptedSettings()
    var breaches: [String] = []
    for guarantee in PluginGuarantee.allCases where try !guarantee.holds(on: self, with: settings) {
      breaches.append(guarantee.breach)
    }
    return breaches
  }

  /// The accepted settings if they are known, otherwise all.
  var settingsInUse: [XLASetting] { settingsKnown.withLock { $0 } ?? settings }
}
