import CPJRT

/// An array in a device's memory, which is freed with the last reference to it.
///
/// A buffer may be the output of a program that is still running, and may be let go while a program
/// that takes it is still running. What went wrong in such a program is thrown by ``read()`` and ``wait()``.
public final class Buffer: Sendable {
  public let type: BufferType
  let client: Client
  // Opaque to us; the C API allows calls on it from any thread.
  nonisolated(unsafe) let handle: OpaquePointer

  init(owning handle: OpaquePointer, type: BufferType, client: Client) {
    self.handle = handle
    self.type = type
    self.client = client
  }

  deinit {
    var destroy = PJRT_Buffer_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.buffer = handle
    client.api.discard(client.api.pointee.PJRT_Buffer_Destroy(&destroy))
  }

  public var dtype: DType { type.dtype }
  public var shape: [Int] { type.shape }

  /// Whether the memory was given away, by donating the buffer to a program.
  public var isDeleted: Bool {
    var query = PJRT_Buffer_IsDeleted_Args()
    query.struct_size = MemoryLayout.size(ofValue: query)
    query.buffer = handle
    client.api.discard(client.api.pointee.PJRT_Buffer_IsDeleted(&query))
    return query.is_deleted
  }

  /// Wait until the buffer's contents are there.
  /// - Throws: what went wrong in making them, or ``EngineError/donated(_:)``.
  public func wait() throws(EngineError) {
    var ready = PJRT_Buffer_ReadyEvent_Args()
    ready.struct_size = MemoryLayout.size(ofValue: ready)
    ready.buffer = handle
    do throws(EngineError) {
      try client.api.check("waiting for a buffer", client.api.pointee.PJRT_Buffer_ReadyEvent(&ready))
      try client.api.await(ready.event, "computing a buffer")
    } catch {
      throw isDeleted ? .donated("the buffer of type \(type)") : error
    }
  }

  /// The contents in row-major order, waiting for them if need be.
  /// - Throws: as ``wait()`` does.
  public func read() throws(EngineError) -> HostArray {
    var failure: EngineError?
    let count = type.byteCount
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
      do throws(EngineError) {
        try read(into: UnsafeMutableRawBufferPointer(start: bytes.baseAddress, count: count))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return HostArray(type: type, filledBy: bytes)
  }

  /// Copy the contents in row-major order, waiting for them if need be.
  /// - Parameter bytes: as many as the type takes.
  /// - Throws: as ``wait()`` does, or ``EngineError/wrongByteCount(type:actual:)``.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws(EngineError) {
    guard bytes.count == type.byteCount else { throw .wrongByteCount(type: type, actual: bytes.count) }
    // The C API takes "nowhere to write" for a question about the size.
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return try wait() }
    let api = client.api
    var copy = PJRT_Buffer_ToHostBuffer_Args()
    copy.struct_size = MemoryLayout.size(ofValue: copy)
    copy.src = handle
    copy.dst = start
    copy.dst_size = bytes.count
    let error = withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(shape.count, 1)) { axes in
      // The device may prefer another order of axes: ask for the last to be the fastest.
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
    do throws(EngineError) {
      try api.check("reading a buffer", error)
      try api.await(copy.event, "computing a buffer")
    } catch {
      throw isDeleted ? .donated("the buffer of type \(type)") : error
    }
  }
}

extension Client {
  /// Copy an array to a device.
  /// - Parameter device: a number in ``devices``.
  /// - Throws: ``EngineError/noSuchDevice(index:count:)``, or what the plugin says, such as that its
  ///   memory is full.
  public func buffer(_ array: HostArray, device: Int = 0) throws(EngineError) -> Buffer {
    let type = BufferType(dtype: array.dtype, shape: array.shape)
    var result: Result<Buffer, EngineError>?
    array.bytes.withUnsafeBytes { bytes in
      result = Result { () throws(EngineError) in try buffer(bytes, type: type, device: device) }
    }
    guard let result else { throw .wrongByteCount(type: type, actual: 0) }
    return try result.get()
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
