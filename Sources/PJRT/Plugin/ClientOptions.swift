/// How a ``Client`` is made.
public struct ClientOptions: Sendable, Hashable {
  /// Devices that the CPU plugin splits the machine into. More than one serves programs over several
  /// devices only: with one, a program may use every core.
  public var cpuDeviceCount: Int

  public init(cpuDeviceCount: Int = 1) {
    self.cpuDeviceCount = cpuDeviceCount
  }

  func validate() throws(EngineError) {
    guard (1...1024).contains(cpuDeviceCount) else {
      throw .invalidOptions("the number of CPU devices must be from 1 to 1024, not \(cpuDeviceCount)")
    }
  }
}
