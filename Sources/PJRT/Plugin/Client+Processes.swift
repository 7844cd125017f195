import CPJRT
import Foundation

/// An option that a client is created with: an integer by name.
struct CreateOption {
  let name: StaticString
  let value: Int

  init(_ name: StaticString, _ value: Int) { (self.name, self.value) = (name, value) }

  /// The options for a plugin. Plugins for CUDA and ROCm take the process number and count; libtpu reads both from its environment.
  static func all(for plugin: Plugin, _ options: ClientOptions, _ processes: (any Rendezvous)?) -> [CreateOption] {
    var all = plugin.isCPU ? [CreateOption("cpu_device_count", options.cpuDeviceCount)] : []
    if let processes, !plugin.isTPU {
      all += [CreateOption("node_id", processes.processID), CreateOption("num_nodes", processes.processCount)]
    }
    return all
  }

  var pjrt: PJRT_NamedValue {
    PJRT_NamedValue.sized {
      $0.name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
      $0.name_size = name.utf8CodeUnitCount
      $0.type = PJRT_NamedValue_kInt64
      $0.int64_value = Int64(value)
      $0.value_size = 1
    }
  }
}

extension Client {
  /// - Parameter callbacks: live as long as the client.
  static func create(
    _ plugin: Plugin, _ options: [CreateOption], callbacks: KeyValueCallbacks?
  ) throws(EngineError) -> OpaquePointer {
    let api = plugin.api
    var create = PJRT_Client_Create_Args.sized()
    callbacks?.install(in: &create)
    let error = options.map(\.pjrt).withUnsafeBufferPointer { values in
      create.create_options = values.baseAddress
      create.num_options = values.count
      return api.pointee.PJRT_Client_Create(&create)
    }
    if let error {
      let (code, message) = api.take(error)
      // What failed in the store says more than what the plugin makes of it.
      if let failure = callbacks?.lastFailure { throw .rendezvous(failure) }
      // Plugins that know nothing of processes refuse an option or ignore it.
      if callbacks != nil, code == .invalidArgument, message.contains("node_id") || message.contains("num_nodes") {
        throw .separateProcesses(platform: URL(fileURLWithPath: plugin.path).lastPathComponent, answer: message)
      }
      throw .failed(operation: "starting the engine", code: code, message: message)
    }
    guard let handle = create.client else {
      throw .failed(operation: "starting the engine", code: .internal, message: "the plugin made no client")
    }
    return handle
  }

  /// Asks a plugin for the CPU whether its programs can span processes, before others are waited for: it is given a program
  /// over a device of its own and one of another process. A plugin for accelerators is asked by creating its client.
  /// - Throws: ``EngineError/separateProcesses(platform:answer:)`` with the plugin's answer.
  static func checkCollectives(of plugin: Plugin) throws(EngineError) {
    guard plugin.isCPU else { return }
    let client = try Client(plugin: plugin)
    let options = CompileOptions(replicas: 2)
    do throws(EngineError) {
      let handle = try client.compiled(
        """
        func.func @main(%x: tensor<f32>) -> tensor<f32> {
          %0 = "stablehlo.all_reduce"(%x) ({
          ^bb0(%a: tensor<f32>, %b: tensor<f32>):
            %s = stablehlo.add %a, %b : tensor<f32>
            stablehlo.return %s : tensor<f32>
          }) {replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>} : (tensor<f32>) -> tensor<f32>
          return %0 : tensor<f32>
        }
        """, options: options.serialized(with: [], on: [client.devices[0].id, Self.foreignDevice]))
      Executable.destroy(handle, plugin.api)
    } catch {
      guard case .compilation(let answer) = error else { throw error }
      throw .separateProcesses(platform: client.platformName, answer: answer)
    }
  }

  /// XLA numbers the devices of CPU processes in steps of 2,048: a process that no training has.
  private static let foreignDevice = 2048 << 16

  /// The numbers of each process's devices; nil for a process alone.
  /// - Throws: ``EngineError/separateProcesses(platform:answer:)`` if the plugin knows fewer processes than there are.
  static func processDevices(
    of client: OpaquePointer, _ api: UnsafePointer<PJRT_Api>, _ processes: (any Rendezvous)?, platform: String
  ) throws(EngineError) -> [[Int]]? {
    guard let processes else { return nil }
    guard let list = api.pointee.PJRT_Client_Devices, let index = api.pointee.PJRT_DeviceDescription_ProcessIndex else {
      throw .separateProcesses(platform: platform, answer: "it can't list the devices of other processes")
    }
    let operation = "listing the devices of all processes"
    let answer = try api.call(operation, list) { $0.client = client }
    var devices: [Int: [Int]] = [:]
    for device in UnsafeBufferPointer(start: answer.devices, count: answer.num_devices) {
      let description = try api.call(operation, api.pointee.PJRT_Device_GetDescription) { $0.device = device }
        .device_description
      let process = try api.call(operation, index) { $0.device_description = description }.process_index
      let id = try api.call(operation, api.pointee.PJRT_DeviceDescription_Id) { $0.device_description = description }.id
      devices[Int(process), default: []].append(Int(id))
    }
    let all = (0..<processes.processCount).compactMap { devices[$0]?.sorted() }
    guard all.count == processes.processCount else {
      let known = devices.keys.sorted().map(String.init).joined(separator: ", ")
      throw .separateProcesses(
        platform: platform,
        answer: "\(answer.num_devices == 1 ? "1 device" : "\(answer.num_devices) devices"), of process \(known) alone")
    }
    return all
  }

  /// The numbers of the devices that a program runs on, replica by replica; nil for a process alone, whose plugin takes the
  /// first ones by itself.
  func assignment(for options: CompileOptions) throws(EngineError) -> [Int]? {
    guard let processDevices else { return nil }
    guard options.processes > 1 else { return devices.prefix(options.deviceCount).map(\.id) }
    guard processDevices.allSatisfy({ $0.count >= options.localDeviceCount }) else {
      throw .invalidOptions(
        "\(options.localDeviceCount) devices of each process were asked for, but the processes have "
          + processDevices.map { "\($0.count)" }.joined(separator: ", "))
    }
    return processDevices.flatMap { $0.prefix(options.localDeviceCount) }
  }
}

extension Plugin {
  /// Whether this is libtpu.
  var isTPU: Bool { path.hasSuffix("libtpu.so") }
}
