/// How a ``Client`` is made.
public struct ClientOptions: Sendable, Hashable {
  /// Devices that the CPU plugin splits the machine into. More than one serves programs over several
  /// devices only: with one, a program may use every core.
  public var cpuDeviceCount: Int

  /// Threads that a program on the CPU may use; nil for as many as there are cores. Where several processes share
  /// the cores, one thread each does most.
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
