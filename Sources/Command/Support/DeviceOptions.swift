import ArgumentParser
import Foundation
import Tanren

/// The device that programs run on.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Device: \(EngineLocator.devices.joined(separator: ", ")), the name of an engine, or the path of a PJRT plugin. "
        + "(default: TANREN_DEVICE, or cpu)",
      valueName: "device"))
  var device: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of devices that share each batch; on the CPU, virtual ones are created.", valueName: "n"))
  var devices: Int = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of CPU threads per program. (default: one per core)", valueName: "n"))
  var threads: Int?

  /// The name of the device, by option, environment or default.
  var name: String { device ?? Environment["TANREN_DEVICE"] ?? "cpu" }

  /// Configures and starts the engine of this process, so that a missing plugin is reported before any work is done.
  /// - Parameters:
  ///   - shared: the number of threads unless the user gives one.
  ///   - peers: the processes that train together; all of them are waited for.
  @discardableResult func start(threads shared: Int? = nil, with peers: Peers? = nil) throws -> Engine {
    for (option, value) in [("--devices", devices), ("--threads", threads ?? 1)] where !(1...1024).contains(value) {
      throw UsageError("\(option) is \(value), but must be between 1 and 1024")
    }
    let threads = threads ?? shared
    if device != nil || devices != 1 || threads != nil || peers != nil {
      try Engine.configure(device: name, devices: devices, threads: threads, processes: peers)
    }
    return try Engine.shared()
  }
}

/// The environment variables that are set and not empty.
enum Environment {
  static subscript(name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
