import CPJRT

extension Executable {
  /// The compiled program as bytes, for ``Client/load(serialized:)`` on the same kind of machine.
  /// - Throws: ``EngineError`` if the plugin can't.
  public func serialize() throws(EngineError) -> [UInt8] { try serialize(as: "") }

  /// - Parameter key: the name under which the bytes are kept, which is needed to load them.
  func serialize(as key: String) throws(EngineError) -> [UInt8] {
    let api = client.api
    let payload = try Self.withExecutable(handle, api) { (executable) throws(EngineError) -> [UInt8] in
      var serialize = PJRT_Executable_Serialize_Args()
      serialize.struct_size = MemoryLayout.size(ofValue: serialize)
      serialize.executable = executable
      try api.check("serializing a program", api.pointee.PJRT_Executable_Serialize(&serialize))
      defer { serialize.serialized_executable_deleter?(serialize.serialized_executable) }
      return [UInt8](
        UnsafeRawBufferPointer(start: serialize.serialized_bytes, count: serialize.serialized_bytes_size))
    }
    return SerializedProgram(
      fingerprint: client.fingerprint, key: key, options: options, signature: signature, payload: payload
    ).bytes
  }
}

extension Client {
  /// Load a program that ``Executable/serialize()`` wrote, with the same plugin on the same kind of machine.
  /// - Throws: ``EngineError/corruptProgram(_:)`` for other or damaged bytes.
  public func load(serialized bytes: [UInt8]) throws(EngineError) -> Executable {
    try load(serialized: bytes, as: "")
  }

  /// - Parameter key: the name under which the bytes were kept.
  func load(serialized bytes: [UInt8], as key: String) throws(EngineError) -> Executable {
    let program = try SerializedProgram(bytes)
    guard program.key == key else { throw .corruptProgram("they are another program's") }
    guard program.fingerprint == fingerprint else {
      throw .corruptProgram("they were compiled with another plugin, for other devices or another processor")
    }
    try program.options.validate(deviceCount: devices.count)
    var load = PJRT_Executable_DeserializeAndLoad_Args()
    load.struct_size = MemoryLayout.size(ofValue: load)
    load.client = handle
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
