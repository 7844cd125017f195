import CPJRT

/// The memory that a compiled program takes while it runs, in bytes.
public struct MemoryUse: Sendable, Hashable {
  /// The parameters' arrays.
  public let arguments: Int
  /// The results' arrays.
  public let results: Int
  /// The part of the results that takes over arguments' memory.
  public let aliased: Int
  /// Everything between arguments and results, as much as is needed at a time: activations and gradients.
  public let temporary: Int

  /// All of it.
  public var total: Int { arguments + results - aliased + temporary }
}

extension Executable {
  /// The memory that the program takes on each of its devices, as the compiler planned it.
  ///
  /// What kernels allocate for themselves while they run isn't included.
  /// - Throws: ``EngineError`` if the plugin doesn't know.
  public func memoryUse() throws(EngineError) -> MemoryUse {
    let api = client.api
    guard let function = api.pointee.PJRT_Executable_GetCompiledMemoryStats else {
      throw .failed(
        operation: "describing a program", code: .unimplemented, message: "the plugin doesn't know its memory")
    }
    let answer = try Self.withExecutable(handle, api) { (executable) throws(EngineError) in
      try api.call("describing a program", function) { $0.executable = executable }
    }
    return MemoryUse(
      arguments: Int(answer.argument_size_in_bytes), results: Int(answer.output_size_in_bytes),
      aliased: Int(answer.alias_size_in_bytes), temporary: Int(answer.temp_size_in_bytes))
  }
}
