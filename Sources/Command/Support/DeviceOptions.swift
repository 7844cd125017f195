import ArgumentParser
import Tanren

/// Where programs run.
struct DeviceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("cpu, cuda, tpu, or the path of a PJRT plugin. (default: TANREN_DEVICE, else cpu)", valueName: "device"))
  var device: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Devices that programs may use; on the CPU as many are made.", valueName: "n"))
  var devices: Int = 1

  /// Chooses the engine of this process, and starts it: a missing plugin is told before any work is done.
  @discardableResult func start() throws -> Engine {
    guard (1...1024).contains(devices) else {
      throw UsageError("--devices is \(devices), but must be from 1 to 1024")
    }
    if device != nil || devices != 1 {
      try Engine.configure(device: device ?? Environment["TANREN_DEVICE"] ?? "cpu", devices: devices)
    }
    return try Engine.shared()
  }
}
