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
  /// Processes whose devices run the program together, the same number of each: all of the client's, or 1.
  public var processes: Int

  public init(
    replicas: Int = 1, partitions: Int = 1, usesSPMD: Bool = false, usesShardy: Bool = false, processes: Int = 1
  ) {
    self.replicas = replicas
    self.partitions = partitions
    self.usesSPMD = usesSPMD
    self.usesShardy = usesShardy
    self.processes = processes
  }

  /// Devices that the program runs on at once.
  var deviceCount: Int { replicas * partitions }

  /// Those of them that are this process's.
  var localDeviceCount: Int { deviceCount / processes }

  /// Rejects options on which the plugin would end the process.
  /// - Parameter available: the devices of this process.
  func validate(deviceCount available: Int, processCount: Int = 1) throws(EngineError) {
    guard replicas >= 1, partitions >= 1 else {
      throw .invalidOptions(
        "a program needs at least one replica and one partition, not \(replicas) and \(partitions)")
    }
    let (needed, overflow) = replicas.multipliedReportingOverflow(by: partitions)
    guard processes == 1 || processes == processCount, needed.isMultiple(of: processes) else {
      throw .invalidOptions(
        "a program over \(needed) devices of \(processes) processes can't run on a client of \(processCount): use all "
          + "processes, and as many devices of each")
    }
    guard !overflow, needed / processes <= available else {
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
  /// 9 device_assignment, 19 use_shardy_partitioner) and field 7, XLA's own options by name.
  /// - Parameter devices: the numbers of the devices that run the program, by replica and then by partition; by default
  ///   the client's first ones.
  func serialized(with settings: [XLASetting], on devices: [Int]? = nil) -> [UInt8] {
    var build: [UInt8] = []
    build.append(field: 4, varint: UInt64(clamping: replicas))
    build.append(field: 5, varint: UInt64(clamping: partitions))
    if usesSPMD { build.append(field: 6, varint: 1) }
    if let devices { build.append(field: 9, bytes: assignment(of: devices)) }
    if usesShardy { build.append(field: 19, varint: 1) }
    var message: [UInt8] = []
    message.append(field: 3, bytes: build)
    return settings.reduce(message) { $0 + $1.serialized }
  }

  /// The message `DeviceAssignmentProto`: 1 replica_count, 2 computation_count, and for each partition a field 3 with the
  /// numbers of its replicas' devices in field 1.
  private func assignment(of devices: [Int]) -> [UInt8] {
    var message: [UInt8] = []
    message.append(field: 1, varint: UInt64(clamping: replicas))
    message.append(field: 2, varint: UInt64(clamping: partitions))
    for partition in 0..<partitions {
      var numbers: [UInt8] = []
      for replica in 0..<replicas {
        numbers.append(field: 1, varint: UInt64(clamping: devices[replica * partitions + partition]))
      }
      message.append(field: 3, bytes: numbers)
    }
    return message
  }
}
