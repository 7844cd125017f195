import CPJRT

extension Executable {
  /// Work with the part of a loaded executable that describes it, which has a life of its own.
  static func withExecutable<Value>(
    _ loaded: OpaquePointer, _ api: UnsafePointer<PJRT_Api>,
    _ body: (OpaquePointer) throws(EngineError) -> Value
  ) throws(EngineError) -> Value {
    var query = PJRT_LoadedExecutable_GetExecutable_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.loaded_executable = loaded
    try api.check("describing a program", api.pointee.PJRT_LoadedExecutable_GetExecutable(&query))
    guard let executable = query.executable else {
      throw .failed(operation: "describing a program", code: .internal, message: "the plugin gave nothing")
    }
    defer {
      var destroy = PJRT_Executable_Destroy_Args()
      destroy.struct_size = MemoryLayout.size(ofValue: destroy)
      destroy.executable = executable
      api.discard(api.pointee.PJRT_Executable_Destroy(&destroy))
    }
    return try body(executable)
  }

  static func outputs(
    of executable: OpaquePointer, _ api: UnsafePointer<PJRT_Api>
  ) throws(EngineError) -> [BufferType] {
    var types = PJRT_Executable_OutputElementTypes_Args()
    types.struct_size = MemoryLayout.size(ofValue: types)
    types.executable = executable
    try api.check("describing a program", api.pointee.PJRT_Executable_OutputElementTypes(&types))

    var shapes = PJRT_Executable_OutputDimensions_Args()
    shapes.struct_size = MemoryLayout.size(ofValue: shapes)
    shapes.executable = executable
    try api.check("describing a program", api.pointee.PJRT_Executable_OutputDimensions(&shapes))

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
    var destroy = PJRT_LoadedExecutable_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.executable = handle
    api.discard(api.pointee.PJRT_LoadedExecutable_Destroy(&destroy))
  }
}
