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
  /// A digest of everything that a compiled program depends on besides its text and options.
  public let fingerprint: String
  // Opaque to us; the C API allows calls on them from any thread.
  nonisolated(unsafe) let handle: OpaquePointer
  nonisolated(unsafe) let deviceHandles: [OpaquePointer]
  var api: UnsafePointer<PJRT_Api> { plugin.api }
  /// ``ClientOptions/cpuThreads``.
  public let cpuThreads: Int?
  /// The settings that programs are compiled with.
  let settings: [XLASetting]
  /// The settings that the plugin accepts; `nil` until they were tried.
  private let settingsKnown = Mutex<[XLASetting]?>(nil)
  /// Whether the devices' memory is the host's.
  let sharesHostMemory: Bool

  /// - Throws: ``EngineError/invalidOptions(_:)``, or ``EngineError/failed(operation:code:message:)``
  ///   if the plugin finds no device.
  public convenience init(plugin: Plugin, options: ClientOptions = ClientOptions()) throws(EngineError) {
    try self.init(plugin: plugin, options: options, settings: nil)
  }

  /// - Parameter settings: instead of those for the plugin's platform.
  package init(plugin: Plugin, options: ClientOptions = ClientOptions(), settings: [XLASetting]?) throws(EngineError) {
    try options.validate()
    if plugin.isCPU, let threads = options.cpuThreads {
      // XLA, and OpenMP in the kernels, read these when they create their threads.
      for name in ["NPROC", "OMP_NUM_THREADS"] { setenv(name, "\(threads)", 1) }
    }
    let api = plugin.api
    var create = PJRT_Client_Create_Args.sized()
    let key = "cpu_device_count"
    let error = key.utf8.withContiguousStorageIfAvailable { name in
      name.withMemoryRebound(to: CChar.self) { name -> OpaquePointer? in
        let option = PJRT_NamedValue.sized {
          $0.name = name.baseAddress
          $0.name_size = name.count
          $0.type = PJRT_NamedValue_kInt64
          $0.int64_value = Int64(options.cpuDeviceCount)
          $0.value_size = 1
        }
        return withUnsafePointer(to: option) { option in
          if plugin.isCPU {
            create.create_options = option
            create.num_options = 1
          }
          return api.pointee.PJRT_Client_Create(&create)
        }
      }
    }
    try api.check("starting the engine", error ?? nil)
    guard let handle = create.client else {
      throw .failed(operation: "starting the engine", code: .internal, message: "the plugin made no client")
    }
    do throws(EngineError) {
      platformName = try Self.platformName(of: handle, api)
      platformVersion = try Self.platformVersion(of: handle, api)
      deviceHandles = try Self.deviceHandles(of: handle, api)
      devices = try deviceHandles.map { (device) throws(EngineError) in try Self.describe(device, api) }
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

  private static func destroy(_ client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>) {
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
  /// Compiles a program for this client's devices.
  /// - Parameter stableHLO: StableHLO as MLIR text: a module, or one `func.func @main`.
  /// - Throws: ``EngineError/compilation(message:)`` with XLA's message,
  ///   ``EngineError/invalidOptions(_:)``, ``EngineError/unsupportedProgram(_:)`` or
  ///   ``EngineError/unsoundPlugin(path:reason:)``.
  public func compile(
    _ stableHLO: String, options: CompileOptions = CompileOptions()
  ) throws(EngineError) -> Executable {
    let settings = settingsInUse
    do throws(EngineError) {
      return try compile(stableHLO, options: options, with: settings)
    } catch {
      // A plugin that doesn't know one of the settings rejects every program.
      guard case .compilation = error else { throw error }
      let known = try acceptedSettings()
      guard known != settings else { throw error }
      return try compile(stableHLO, options: options, with: known)
    }
  }

  /// As ``compile(_:options:)``, with these settings.
  func compile(
    _ stableHLO: String, options: CompileOptions, with settings: [XLASetting]
  ) throws(EngineError) -> Executable {
    try options.validate(deviceCount: devices.count)
    guard stableHLO.utf8.contains(where: { $0 > 32 }) else { throw .compilation(message: "it is empty") }
    // XLA ends the process when a product of extents overflows, and newer plugins at arrays of 2^39 bytes and more,
    // which is 2^36 elements of the widest type. So arrays that no memory holds are rejected.
    var scanner = SignatureScanner(stableHLO)
    if let type = scanner.tensorType(largerThan: (1 << 36) - 1) {
      throw .unsupportedProgram("\(type) is too large for any memory")
    }
    var compile = PJRT_Client_Compile_Args.sized { $0.client = handle }
    // The interface requires a pointer to mutable memory, though it never writes.
    var text = stableHLO
    let error = text.withUTF8 { code in
      "mlir".utf8CString.withUnsafeBufferPointer { format in
        options.serialized(with: settings).withUnsafeBytes { bytes -> OpaquePointer? in
          var program = PJRT_Program.sized()
          program.code = UnsafeMutableRawPointer(mutating: code.baseAddress)?.assumingMemoryBound(to: CChar.self)
          program.code_size = code.count
          program.format = format.baseAddress
          program.format_size = format.count - 1
          compile.compile_options = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
          compile.compile_options_size = bytes.count
          return withUnsafePointer(to: program) { program in
            compile.program = program
            return api.pointee.PJRT_Client_Compile(&compile)
          }
        }
      }
    }
    if let error { throw .compilation(message: api.take(error).message) }
    guard let handle = compile.executable else { throw .compilation(message: "the plugin made no program") }
    let signature: ProgramSignature
    do throws(EngineError) {
      signature = try ProgramSignature(parsing: stableHLO)
    } catch {
      Executable.destroy(handle, api)
      throw error
    }
    return try Executable(owning: handle, signature: signature, options: options, client: self)
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
  private var settingsInUse: [XLASetting] { settingsKnown.withLock { $0 } ?? settings }
}
