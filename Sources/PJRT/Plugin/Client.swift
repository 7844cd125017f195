import CPJRT
import Foundation
import Synchronization

/// A plugin at work: the devices it drives and the programs and buffers on them.
public final class Client: Sendable {
  public let plugin: Plugin
  /// For example `cpu` or `cuda`.
  public let platformName: String
  /// The plugin's own text about versions.
  public let platformVersion: String
  /// The devices of this process.
  public let devices: [Device]
  /// A digest of all that a compiled program depends on besides its text and options.
  public let fingerprint: String
  // Opaque to us; the C API allows calls on them from any thread.
  nonisolated(unsafe) let handle: OpaquePointer
  nonisolated(unsafe) let deviceHandles: [OpaquePointer]
  var api: UnsafePointer<PJRT_Api> { plugin.api }
  /// ``ClientOptions/cpuThreads``.
  public let cpuThreads: Int?
  /// What programs are to be compiled with.
  let settings: [XLASetting]
  /// Those of them that the plugin takes; `nil` until it was tried.
  let settingsKnown = Mutex<[XLASetting]?>(nil)
  /// Whether the devices' memory is the host's.
  let sharesHostMemory: Bool

  /// - Throws: ``EngineError/invalidOptions(_:)``, or ``EngineError/failed(operation:code:message:)``
  ///   if the plugin finds no device.
  public convenience init(plugin: Plugin, options: ClientOptions = ClientOptions()) throws(EngineError) {
    try self.init(plugin: plugin, options: options, settings: nil)
  }

  /// - Parameter settings: in place of those for the plugin's platform.
  package init(plugin: Plugin, options: ClientOptions = ClientOptions(), settings: [XLASetting]?) throws(EngineError) {
    try options.validate()
    if plugin.isCPU, let threads = options.cpuThreads {
      // What XLA, and OpenMP in its kernels, ask for when they make their threads.
      for name in ["NPROC", "OMP_NUM_THREADS"] { setenv(name, "\(threads)", 1) }
    }
    let api = plugin.api
    var create = PJRT_Client_Create_Args()
    create.struct_size = MemoryLayout.size(ofValue: create)
    let key = "cpu_device_count"
    let error = key.utf8.withContiguousStorageIfAvailable { name in
      name.withMemoryRebound(to: CChar.self) { name -> OpaquePointer? in
        var option = PJRT_NamedValue()
        option.struct_size = MemoryLayout.size(ofValue: option)
        option.name = name.baseAddress
        option.name_size = name.count
        option.type = PJRT_NamedValue_kInt64
        option.int64_value = Int64(options.cpuDeviceCount)
        option.value_size = 1
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
    var destroy = PJRT_Client_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.client = client
    api.discard(api.pointee.PJRT_Client_Destroy(&destroy))
  }

  private static func platformName(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> String {
    var query = PJRT_Client_PlatformName_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.client = client
    try api.check("asking the platform's name", api.pointee.PJRT_Client_PlatformName(&query))
    return String(bytes: query.platform_name, count: query.platform_name_size)
  }

  private static func platformVersion(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> String {
    var query = PJRT_Client_PlatformVersion_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.client = client
    try api.check("asking the platform's version", api.pointee.PJRT_Client_PlatformVersion(&query))
    return String(bytes: query.platform_version, count: query.platform_version_size)
  }

  private static func deviceHandles(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> [OpaquePointer] {
    var query = PJRT_Client_AddressableDevices_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.client = client
    try api.check("listing devices", api.pointee.PJRT_Client_AddressableDevices(&query))
    return UnsafeBufferPointer(start: query.addressable_devices, count: query.num_addressable_devices)
      .compactMap { $0 }
  }

  private static func describe(
    _ device: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> Device {
    var description = PJRT_Device_GetDescription_Args()
    description.struct_size = MemoryLayout.size(ofValue: description)
    description.device = device
    try api.check("describing a device", api.pointee.PJRT_Device_GetDescription(&description))

    var id = PJRT_DeviceDescription_Id_Args()
    id.struct_size = MemoryLayout.size(ofValue: id)
    id.device_description = description.device_description
    try api.check("describing a device", api.pointee.PJRT_DeviceDescription_Id(&id))

    var kind = PJRT_DeviceDescription_Kind_Args()
    kind.struct_size = MemoryLayout.size(ofValue: kind)
    kind.device_description = description.device_description
    try api.check("describing a device", api.pointee.PJRT_DeviceDescription_Kind(&kind))
    return Device(id: Int(id.id), kind: String(bytes: kind.device_kind, count: kind.device_kind_size))
  }
}
