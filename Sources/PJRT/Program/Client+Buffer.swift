import CPJRT

extension Client {
  /// Copy an array to a device.
  /// - Parameter device: a number in ``devices``.
  /// - Throws: ``EngineError/noSuchDevice(index:count:)``, or what the plugin says, such as that its
  ///   memory is full.
  public func buffer(_ array: HostArray, device: Int = 0) throws(EngineError) -> Buffer {
    let type = BufferType(dtype: array.dtype, shape: array.shape)
    return try array.bytes.withUnsafeBytes { bytes in
      Result { () throws(EngineError) in try buffer(bytes, type: type, device: device) }
    }.get()
  }

  /// Copy bytes in row-major order to a device; they are needed during the call only.
  /// - Throws: ``EngineError/wrongByteCount(type:actual:)``, and as ``buffer(_:device:)`` does.
  public func buffer(
    _ bytes: UnsafeRawBufferPointer, type: BufferType, device: Int = 0
  ) throws(EngineError) -> Buffer {
    guard type.shape.allSatisfy({ $0 >= 0 }), bytes.count == type.byteCount else {
      throw .wrongByteCount(type: type, actual: bytes.count)
    }
    let device = try deviceHandle(device)
    var create = PJRT_Client_BufferFromHostBuffer_Args()
    create.struct_size = MemoryLayout.size(ofValue: create)
    create.client = handle
    create.type = type.dtype.pjrt
    create.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall
    create.device = device
    let error = withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(type.shape.count, 1)) { extents in
      for (axis, extent) in type.shape.enumerated() { extents[axis] = Int64(extent) }
      create.dims = UnsafePointer(extents.baseAddress)
      create.num_dims = type.shape.count
      // An empty array still needs an address that isn't null.
      create.data = bytes.baseAddress ?? UnsafeRawPointer(extents.baseAddress)
      return api.pointee.PJRT_Client_BufferFromHostBuffer(&create)
    }
    try api.check("copying an array of type \(type) to a device", error)
    api.destroy(event: create.done_with_host_buffer)
    guard let handle = create.buffer else {
      throw .failed(operation: "copying to a device", code: .internal, message: "the plugin made no buffer")
    }
    return Buffer(owning: handle, type: type, client: self)
  }
}
