import CPJRT

/// An array in a device's memory, which is freed with the last reference to it.
///
/// A buffer may be the output of a program that is still running, and may be released while a program
/// that takes it is still running. Errors of such a program are thrown by ``read()`` and ``wait()``.
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
    client.api.release(client.api.pointee.PJRT_Buffer_Destroy) { $0.buffer = handle }
  }

  public var dtype: DType { type.dtype }
  public var shape: [Int] { type.shape }

  /// Whether the buffer was donated to a program, which has taken over its memory.
  public var isDeleted: Bool {
    let answer = try? client.api.call("reading a buffer", client.api.pointee.PJRT_Buffer_IsDeleted) {
      $0.buffer = handle
    }
    return answer?.is_deleted ?? false
  }

  /// Waits until the contents are computed.
  /// - Throws: the error of the program that computes them, or ``EngineError/donated(_:)``.
  public func wait() throws(EngineError) {
    try explaining { () throws(EngineError) in
      let ready = try client.api.call("waiting for a buffer", client.api.pointee.PJRT_Buffer_ReadyEvent) {
        $0.buffer = handle
      }
      try client.api.await(ready.event, "computing a buffer")
    }
  }

  /// The contents in row-major order; waits for them if necessary.
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
    return HostArray(dtype: dtype, shape: shape, filledBy: bytes)
  }

  /// Copies the contents in row-major order; waits for them if necessary.
  /// - Parameter bytes: ``BufferType/byteCount`` many.
  /// - Throws: as ``wait()`` does, or ``EngineError/wrongByteCount(type:actual:)``.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws(EngineError) {
    guard bytes.count == type.byteCount else { throw .wrongByteCount(type: type, actual: bytes.count) }
    // The C API takes "nowhere to write" as a query for the size.
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return try wait() }
    if client.sharesHostMemory, try copyInPlace(to: bytes) { return }
    try copyByPlugin(to: start, count: bytes.count)
  }

  /// - Throws: the error of `body`, or ``EngineError/donated(_:)`` if that is its cause.
  private func explaining<Value>(_ body: () throws(EngineError) -> Value) throws(EngineError) -> Value {
    do throws(EngineError) {
      return try body()
    } catch {
      throw isDeleted ? .donated("the buffer of type \(type)") : error
    }
  }
}

extension Buffer {
  /// Copies directly from the device's memory, where that is the host's. For a few numbers this takes a
  /// fraction of a microsecond; the plugin's own copy goes through another thread and takes ten or more.
  /// - Parameter bytes: ``BufferType/byteCount`` many, at least one.
  /// - Returns: false, having copied nothing, if the plugin doesn't support it or uses another order of axes.
  private func copyInPlace(to bytes: UnsafeMutableRawBufferPointer) throws(EngineError) -> Bool {
    let api = client.api
    guard let hold = api.pointee.PJRT_Buffer_IncreaseExternalReferenceCount,
      let release = api.pointee.PJRT_Buffer_DecreaseExternalReferenceCount
    else { return false }
    try wait()
    guard try explaining({ () throws(EngineError) in try isRowMajor() }) else { return false }

    // While held, the memory isn't freed or donated by another thread.
    _ = try explaining { () throws(EngineError) in try api.call("reading a buffer", hold) { $0.buffer = handle } }
    defer { api.release(release) { $0.buffer = handle } }
    guard let source = try address() else { return false }
    bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: bytes.count))
    return true
  }

  /// The address in the device's memory, if the plugin reports it.
  package func address() throws(EngineError) -> UnsafeMutableRawPointer? {
    guard let ask = client.api.pointee.PJRT_Buffer_OpaqueDeviceMemoryDataPointer else { return nil }
    return try client.api.call("reading a buffer", ask) { $0.buffer = handle }.device_memory_ptr
  }

  private func isRowMajor() throws(EngineError) -> Bool {
    guard let ask = client.api.pointee.PJRT_Buffer_GetMemoryLayout else { return false }
    let answer = try client.api.call("reading a buffer", ask) { $0.buffer = handle }
    guard answer.layout.type == PJRT_Buffer_MemoryLayout_Type_Tiled, answer.layout.tiled.num_tiles == 0,
      answer.layout.tiled.minor_to_major_size == shape.count
    else { return false }
    return shape.indices.allSatisfy { answer.layout.tiled.minor_to_major[$0] == Int64(shape.count - 1 - $0) }
  }

  /// Lets the plugin copy, from any device and order of axes to row-major order.
  private func copyByPlugin(to start: UnsafeMutableRawPointer, count: Int) throws(EngineError) {
    let api = client.api
    var copy = PJRT_Buffer_ToHostBuffer_Args.sized {
      $0.src = handle
      $0.dst = start
      $0.dst_size = count
    }
    let error = withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(shape.count, 1)) { axes in
      for axis in shape.indices { axes[axis] = Int64(shape.count - 1 - axis) }
      var layout = PJRT_Buffer_MemoryLayout.sized {
        $0.type = PJRT_Buffer_MemoryLayout_Type_Tiled
        $0.tiled = .sized {
          $0.minor_to_major = UnsafePointer(axes.baseAddress)
          $0.minor_to_major_size = shape.count
        }
      }
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
