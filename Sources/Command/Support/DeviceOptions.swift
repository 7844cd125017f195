import ArgumentParser
import Tanren

/// Where programs run.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "cpu, cuda, tpu, the name of an engine, or the path of a PJRT plugin. (default: TANREN_DEVICE, else cpu)",
      valueName: "device"))
  var device: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Devices that programs may use; on the CPU as many are made.", valueName: "n"))
  var devices: Int = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads that a program on the CPU may use. (default: as many as there are cores)", valueName: "n"))
  var threads: Int?

  /// The device's name, whether it was chosen here or not.
  var name: String { device ?? Environment["TANREN_DEVICE"] ?? "cpu" }

  /// Chooses the engine of this process, and starts it: a missing plugin is told before any work is done.
  /// - Parameter shared: threads where the user names none.
  @discardableResult func start(threads shared: Int? = nil) throws -> Engine {
    for (option, value) in [("--devices", devices), ("--threads", threads ?? 1)] where !(1...1024).contains(value) {
      throw UsageError("\(option) is \(value), but must be from 1 to 1024")
    }
    let threads = threads ?? shared
    if device != nil || devices != 1 || threads != nil {
      try Engine.configure(device: name, devices: devices, threads: threads)
    }
    return try Engine.shared()
  }
}
