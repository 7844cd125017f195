import CPJRT

/// A compiled program, loaded on its devices and ready to run.
public final class Executable: Sendable {
  /// The program's parameters. Under SPMD these are the whole arrays, of which each device has a part.
  public var parameters: [BufferType] { signature.parameters }
  /// The program's results, per device.
  public let outputs: [BufferType]
  public let options: CompileOptions
  let client: Client
  let signature: ProgramSignature
  // Opaque to us; the C API allows calls on it from any thread.
  nonisolated(unsafe) let handle: OpaquePointer

  /// Takes over the handle, and frees it if the outputs' types are unsupported.
  init(
    owning handle: OpaquePointer, signature: ProgramSignature, options: CompileOptions, client: Client
  ) throws(EngineError) {
    let api = client.api
    do throws(EngineError) {
      outputs = try Self.withExecutable(handle, api) { (executable) throws(EngineError) in
        try Self.outputs(of: executable, api)
      }
    } catch {
      Self.destroy(handle, api)
      throw error
    }
    self.handle = handle
    self.signature = signature
    self.options = options
    self.client = client
  }

  deinit { Self.destroy(handle, client.api) }

  /// Runs the program on its one device.
  ///
  /// The call returns when the work is queued; later errors are thrown by the outputs' ``Buffer/wait()`` and
  /// ``Buffer/read()``. An argument that the program marks with `tf.aliasing_output` is
  /// donated: its memory is used for that output and the buffer can't be used again.
  /// - Throws: ``EngineError`` for arguments that don't fit ``parameters``, were donated before, or
  ///   belong to another engine, and for the plugin's errors.
  public func execute(_ arguments: [Buffer]) throws(EngineError) -> [Buffer] {
    guard options.localDeviceCount == 1 else {
      throw .invalidOptions(
        "the program runs on \(options.localDeviceCount) devices: give execute(perDevice:) arguments for each")
    }
    return try dispatch(arguments, devices: 1)
  }

  /// Runs the program on each of its devices in this process: replica by replica, and within a replica partition by partition.
  /// - Parameter arguments: one list per device, of buffers on that device.
  /// - Returns: one list per device.
  /// - Throws: as ``execute(_:)`` does.
  public func execute(perDevice arguments: [[Buffer]]) throws(EngineError) -> [[Buffer]] {
    guard arguments.count == options.localDeviceCount else {
      throw .invalidOptions(
        "the program runs on \(options.localDeviceCount) devices, but arguments for \(arguments.count) were given")
    }
    for list in arguments where list.count != parameters.count {
      throw .wrongArgumentCount(expected: parameters.count, actual: list.count)
    }
    let flat = try dispatch(arguments.flatMap { $0 }, devices: arguments.count)
    return arguments.indices.map { Array(flat[$0 * outputs.count..<($0 + 1) * outputs.count]) }
  }

  /// - Parameter arguments: device by device.
  private func dispatch(_ arguments: [Buffer], devices: Int) throws(EngineError) -> [Buffer] {
    let parameterCount = parameters.count
    guard arguments.count == parameterCount * devices else {
      throw .wrongArgumentCount(expected: parameterCount, actual: arguments.count)
    }
    for (index, argument) in arguments.enumerated() { try check(argument, at: index % parameterCount) }

    let api = client.api
    var results: [Buffer] = []
    let outputCount = outputs.count
    let error = withUnsafeTemporaryAllocation(
      of: OpaquePointer?.self, capacity: max(arguments.count + outputCount * devices, 1)
    ) { handles -> OpaquePointer? in
      withUnsafeTemporaryAllocation(
        of: UnsafeMutablePointer<OpaquePointer?>?.self, capacity: 2 * devices
      ) { lists -> OpaquePointer? in
        handles.initialize(repeating: nil)
        for (index, argument) in arguments.enumerated() { handles[index] = argument.handle }
        let results0 = handles.baseAddress.map { $0 + arguments.count }
        for device in 0..<devices {
          lists[device] = handles.baseAddress.map { $0 + device * parameterCount }
          lists[devices + device] = results0.map { $0 + device * outputCount }
        }
        var options = PJRT_ExecuteOptions.sized()
        var execute = PJRT_LoadedExecutable_Execute_Args.sized {
          $0.executable = handle
          $0.num_devices = devices
          $0.num_args = parameterCount
        }
        let error = withUnsafeMutablePointer(to: &options) { options -> OpaquePointer? in
          execute.options = options
          execute.output_lists = lists.baseAddress.map { UnsafePointer($0 + devices) }
          return lists.withMemoryRebound(to: UnsafePointer<OpaquePointer?>?.self) { lists in
            execute.argument_lists = UnsafePointer(lists.baseAddress)
            return api.pointee.PJRT_LoadedExecutable_Execute(&execute)
          }
        }
        guard error == nil else { return error }
        results.reserveCapacity(outputCount * devices)
        for index in 0..<outputCount * devices {
          guard let output = handles[arguments.count + index] else { continue }
          results.append(Buffer(owning: output, type: outputs[index % outputCount], client: client))
        }
        return nil
      }
    }
    guard let error else {
      guard results.count == outputCount * devices else {
        throw .failed(operation: "running a program", code: .internal, message: "the plugin left out an output")
      }
      return results
    }
    let (code, message) = api.take(error)
    if let index = arguments.firstIndex(where: \.isDeleted) {
      throw .donated("argument \(index % parameterCount) of the program")
    }
    throw .failed(operation: "running a program", code: code, message: message)
  }

  private func check(_ argument: Buffer, at index: Int) throws(EngineError) {
    guard argument.client === client else { throw .foreignArgument(index: index) }
    let expected = signature.parameters[index]
    // The partitioner chooses which part of an array a device has: the plugin checks its size.
    let fits =
      options.partitions == 1
      ? argument.type == expected
      : argument.dtype == expected.dtype && argument.shape.count == expected.shape.count
    guard fits else { throw .wrongArgument(index: index, expected: expected, actual: argument.type) }
  }
}

extension Executable {
  /// Calls `body` with the executable that describes a loaded one, and frees it afterwards.
  static func withExecutable<Value>(
    _ loaded: OpaquePointer, _ api: UnsafePointer<PJRT_Api>,
    _ body: (OpaquePointer) throws(EngineError) -> Value
  ) throws(EngineError) -> Value {
    let answer = try api.call("describing a program", api.pointee.PJRT_LoadedExecutable_GetExecutable) {
      $0.loaded_executable = loaded
    }
    guard let executable = answer.executable else {
      throw .failed(operation: "describing a program", code: .internal, message: "the plugin gave nothing")
    }
    defer { api.release(api.pointee.PJRT_Executable_Destroy) { $0.executable = executable } }
    return try body(executable)
  }

  static func outputs(
    of executable: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> [BufferType] {
    let operation = "describing a program"
    let types = try api.call(operation, api.pointee.PJRT_Executable_OutputElementTypes) { $0.executable = executable }
    let shapes = try api.call(operation, api.pointee.PJRT_Executable_OutputDimensions) { $0.executable = executable }

    var outputs: [BufferType] = []
    var extents = UnsafeBufferPointer(
      start: shapes.dims, count: (0..<shapes.num_outputs).reduce(0) { $0 + (shapes.dim_sizes?[$1] ?? 0) })[...]
    for index in 0..<min(types.num_output_types, shapes.num_outputs) {
      guard let type = types.output_types?[index], let dtype = DType(pjrt: type) else {
        throw .unsupportedProgram("output \(index) has an element type that no array can hold")
      }
      let rank = shapes.dim_sizes?[index] ?? 0
      let output = BufferType(dtype: dtype, shape: extents.prefix(rank).map { Int($0) })
      guard output.byteCount < .max else { throw .unsupportedProgram("output \(index), \(output), is too large") }
      outputs.append(output)
      extents = extents.dropFirst(rank)
    }
    return outputs
  }

  static func destroy(_ handle: OpaquePointer, _ api: UnsafePointer<PJRT_Api>) {
    api.release(api.pointee.PJRT_LoadedExecutable_Destroy) { $0.executable = handle }
  }
}

extension Executable {
  /// The compiled program as bytes, for ``Client/load(serialized:)`` on the same kind of machine.
  /// - Throws: ``EngineError`` if the plugin can't serialize it, and ``EngineError/invalidOptions(_:)`` for a program that
  ///   spans processes.
  public func serialize() throws(EngineError) -> [UInt8] { try serialize(as: "") }

  /// - Parameter key: the name under which the bytes are stored, which loading them requires.
  func serialize(as key: String) throws(EngineError) -> [UInt8] {
    guard options.processes == 1 else { throw .invalidOptions("a program that spans processes can't be stored") }
    let api = client.api
    let payload = try Self.withExecutable(handle, api) { (executable) throws(EngineError) -> [UInt8] in
      let answer = try api.call("serializing a program", api.pointee.PJRT_Executable_Serialize) {
        $0.executable = executable
      }
      defer { answer.serialized_executable_deleter?(answer.serialized_executable) }
      return [UInt8](UnsafeRawBufferPointer(start: answer.serialized_bytes, count: answer.serialized_bytes_size))
    }
    return SerializedProgram(
      fingerprint: client.fingerprint, key: key, options: options, signature: signature, payload: payload
    ).bytes
  }
}

extension Client {
  /// Loads a program that ``Executable/serialize()`` wrote, with the same plugin on the same kind of machine.
  /// - Throws: ``EngineError/corruptProgram(_:)`` for other or damaged bytes.
  public func load(serialized bytes: [UInt8]) throws(EngineError) -> Executable {
    try load(serialized: bytes, as: "")
  }

  /// - Parameter key: the name under which the bytes were stored.
  func load(serialized bytes: [UInt8], as key: String) throws(EngineError) -> Executable {
    let program = try SerializedProgram(bytes)
    guard program.key == key else { throw .corruptProgram("they are another program's") }
    guard program.fingerprint == fingerprint else {
      throw .corruptProgram("they were compiled with another plugin, for other devices or another processor")
    }
    try program.options.validate(deviceCount: devices.count, processCount: processDevices?.count ?? 1)
    var load = PJRT_Executable_DeserializeAndLoad_Args.sized { $0.client = handle }
    let error = program.payload.withUnsafeBytes { payload -> OpaquePointer? in
      load.serialized_executable = payload.baseAddress?.assumingMemoryBound(to: CChar.self)
      load.serialized_executable_size = payload.count
      return api.pointee.PJRT_Executable_DeserializeAndLoad(&load)
    }
    if let error { throw .corruptProgram(api.take(error).message) }
    guard let handle = load.loaded_executable else { throw .corruptProgram("the plugin made no program") }
    return try Executable(owning: handle, signature: program.signature, options: program.options, client: self)
  }
}
