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
    try explaining { () throws(EngineError) in
      try client.api.check("waiting for a buffer", client.api.pointee.PJRT_Buffer_ReadyEvent(&ready))
      try client.api.await(ready.event, "computing a buffer")
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
    if client.sharesHostMemory, try copyInPlace(to: bytes) { return }
    try copyByPlugin(to: start, count: bytes.count)
  }

  /// - Throws: what went wrong, told as a donation if that is the reason.
  func explaining<Value>(_ body: () throws(EngineError) -> Value) throws(EngineError) -> Value {
    do throws(EngineError) {
      return try body()
    } catch {
      throw isDeleted ? .donated("the buffer of type \(type)") : error
    }
  }
}
