import CPJRT

extension Buffer {
  /// Copy straight from the device's memory, where that is the host's. For a few numbers this takes a
  /// fraction of a microsecond; the plugin's own copy goes through another thread and takes ten or more.
  /// - Parameter bytes: as many as the type takes, and at least one.
  /// - Returns: false, having copied nothing, if the plugin offers no way or keeps another order of axes.
  func copyInPlace(to bytes: UnsafeMutableRawBufferPointer) throws(EngineError) -> Bool {
    let api = client.api
    guard let hold = api.pointee.PJRT_Buffer_IncreaseExternalReferenceCount,
      let release = api.pointee.PJRT_Buffer_DecreaseExternalReferenceCount
    else { return false }
    try wait()
    guard try explaining({ () throws(EngineError) in try isRowMajor() }) else { return false }

    // While held, the memory isn't freed or donated by another thread.
    var held = PJRT_Buffer_IncreaseExternalReferenceCount_Args()
    held.struct_size = MemoryLayout.size(ofValue: held)
    held.buffer = handle
    try explaining { () throws(EngineError) in try api.check("reading a buffer", hold(&held)) }
    defer {
      var released = PJRT_Buffer_DecreaseExternalReferenceCount_Args()
      released.struct_size = MemoryLayout.size(ofValue: released)
      released.buffer = handle
      api.discard(release(&released))
    }
    guard let source = try address() else { return false }
    bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: bytes.count))
    return true
  }

  /// Where the buffer lies in its device's memory, if the plugin tells.
  package func address() throws(EngineError) -> UnsafeMutableRawPointer? {
    guard let ask = client.api.pointee.PJRT_Buffer_OpaqueDeviceMemoryDataPointer else { return nil }
    var query = PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.buffer = handle
    try client.api.check("reading a buffer", ask(&query))
    return query.device_memory_ptr
  }

  private func isRowMajor() throws(EngineError) -> Bool {
    guard let layout = client.api.pointee.PJRT_Buffer_GetMemoryLayout else { return false }
    var query = PJRT_Buffer_GetMemoryLayout_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.buffer = handle
    try client.api.check("reading a buffer", layout(&query))
    guard query.layout.type == PJRT_Buffer_MemoryLayout_Type_Tiled, query.layout.tiled.num_tiles == 0,
      query.layout.tiled.minor_to_major_size == shape.count
    else { return false }
    return shape.indices.allSatisfy { query.layout.tiled.minor_to_major[$0] == Int64(shape.count - 1 - $0) }
  }

  /// Have the plugin copy, from whatever device and order of axes to row-major order.
  func copyByPlugin(to start: UnsafeMutableRawPointer, count: Int) throws(EngineError) {
    let api = client.api
    var copy = PJRT_Buffer_ToHostBuffer_Args()
    copy.struct_size = MemoryLayout.size(ofValue: copy)
    copy.src = handle
    copy.dst = start
    copy.dst_size = count
    let error = withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(shape.count, 1)) { axes in
      for axis in shape.indices { axes[axis] = Int64(shape.count - 1 - axis) }
      var layout = PJRT_Buffer_MemoryLayout()
      layout.struct_size = MemoryLayout.size(ofValue: layout)
      layout.type = PJRT_Buffer_MemoryLayout_Type_Tiled
      layout.tiled.struct_size = MemoryLayout<PJRT_Buffer_MemoryLayout_Tiled>.size
      layout.tiled.minor_to_major = UnsafePointer(axes.baseAddress)
      layout.tiled.minor_to_major_size = shape.count
      return withUnsafeMutablePointer(to: &layout) { layout -> OpaquePointer? in
        copy.host_layout = layout
        return api.pointee.PJRT_Buffer_ToHostBuffer(&copy)
      }
    }
    try explaining { () throws(EngineError) in
      try api.check("reading a buffer", error)
      try api.await(copy.event, "computing a buffer")
    }
  }
}
