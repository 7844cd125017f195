/// How a program is compiled: over how many devices, and how it is split.
public struct CompileOptions: Sendable, Hashable {
  /// Copies of the program, each with its own arguments.
  public var replicas: Int
  /// Devices that one copy is split over.
  public var partitions: Int
  /// Whether XLA's SPMD partitioner splits the program by its sharding annotations.
  public var usesSPMD: Bool
  /// Whether the annotations are Shardy's (`sdy.sharding`).
  public var usesShardy: Bool

  public init(replicas: Int = 1, partitions: Int = 1, usesSPMD: Bool = false, usesShardy: Bool = false) {
    self.replicas = replicas
    self.partitions = partitions
    self.usesSPMD = usesSPMD
    self.usesShardy = usesShardy
  }

  /// Devices that the program runs on at once.
  var deviceCount: Int { replicas * partitions }

  /// Rejects options on which the plugin would end the process.
  func validate(deviceCount available: Int) throws(EngineError) {
    guard replicas >= 1, partitions >= 1 else {
      throw .invalidOptions(
        "a program needs at least one replica and one partition, not \(replicas) and \(partitions)")
    }
    let (needed, overflow) = replicas.multipliedReportingOverflow(by: partitions)
    guard !overflow, needed <= available else {
      throw .invalidOptions(
        """
        \(replicas) replicas of \(partitions) partitions need \(overflow ? "too many" : "\(needed)") devices, \
        but the engine has \(available): start it with more devices
        """)
    }
    guard partitions == 1 || usesSPMD else {
      throw .invalidOptions("a program over \(partitions) partitions needs usesSPMD")
    }
    guard !usesShardy || usesSPMD else {
      throw .invalidOptions("usesShardy needs usesSPMD")
    }
  }

  /// The message `CompileOptionsProto` in protocol-buffer encoding, with field 3,
  /// `ExecutableBuildOptionsProto` (4 num_replicas, 5 num_partitions, 6 use_spmd_partitioning,
  /// 19 use_shardy_partitioner) and field 7, XLA's own options by name.
  func serialized(with settings: [XLASetting]) -> [UInt8] {
    var build: [UInt8] = []
    build.append(field: 4, varint: UInt64(clamping: replicas))
    build.append(field: 5, varint: UInt64(clamping: partitions))
    if usesSPMD { build.append(field: 6, varint: 1) }
    if usesShardy { build.append(field: 19, varint: 1) }
    var message: [UInt8] = []
    message.append(field: 3, bytes: build)
    return settings.reduce(message) { $0 + $1.serialized }
  }
}
