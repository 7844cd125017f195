import Foundation
import PJRT
import Synchronization

/// Examples that are read part by part within a limit of memory.
///
/// Up to three parts are in memory: one that trains, the next one on its way to the device, and the host memory that parts
/// are read into. Floating-point numbers are copied once more, to be checked.
final class ExampleStream: Sendable {
  let data: StreamedArrays
  private let partBytes: Int
  private let memory: Int
  /// Where parts are read into, kept from part to part.
  private let staging = Mutex<[UInt8]>([])

  private static let copies = 5

  init(_ data: StreamedArrays, memory: Int) {
    (self.data, self.memory, partBytes) = (data, memory, memory / Self.copies)
  }

  /// How many batches a part has.
  /// - Throws: ``TrainingError/beyondMemory(needed:limit:)`` if a single batch is too large.
  func batches(of size: Int) throws(TrainingError) -> Int {
    let bytes = Swift.max(1, size * data.inputs.recordByteCount)
    guard bytes <= partBytes else { throw .beyondMemory(needed: bytes * Self.copies, limit: memory) }
    return partBytes / bytes
  }

  /// The types of a part's inputs and targets.
  func types(count: Int) -> [TensorType] {
    [
      TensorType(data.inputs.dtype, Shape([count] + data.inputs.shape)),
      TensorType(data.targets.dtype, Shape([count] + data.targets.shape.dropFirst())),
    ]
  }

  /// The examples at indices, on the device.
  /// - Throws: `DatasetError` if they can't be read, ``TrainingError/notFinite(data:array:number:)``, `EngineError`.
  func part(_ indices: [Int]) throws -> [Tensor] {
    let client = try Engine.shared().client
    let count = indices.count * data.inputs.recordByteCount
    let shape = [indices.count] + data.inputs.shape
    let (reader, dtype) = (data.inputs, data.inputs.dtype)
    let inputs = try staging.withLock { bytes in
      if bytes.count < count { bytes = [UInt8](repeating: 0, count: count) }
      return try bytes.withUnsafeMutableBytes { all in
        let part = UnsafeMutableRawBufferPointer(rebasing: all[..<count])
        try reader.read(indices, into: part)
        if dtype.isFloatingPoint {
          let array = try HostArray(dtype: dtype, shape: shape, bytes: Array(part))
          if let number = array.firstNonFinite {
            throw TrainingError.notFinite(data: "streamed", array: "inputs", number: number)
          }
        }
        return try client.buffer(UnsafeRawBufferPointer(part), type: BufferType(dtype: dtype, shape: shape))
      }
    }
    return [Tensor(inputs), try Tensor(data.targets.gathered(indices)).onDevice()]
  }
}

/// The parts of an epoch in their order, each read while the one before it is in use.
final class StreamedParts: Sendable {
  private final class Pending: Sendable {
    let isDone = DispatchSemaphore(value: 0)
    let result = Mutex<Result<[Tensor], any Error>?>(nil)
  }

  private let stream: ExampleStream
  private let parts: [[Int]]
  private let state: Mutex<(next: Int, pending: Pending?)>

  /// - Parameter parts: the indices of each part's examples.
  init(_ stream: ExampleStream, _ parts: [[Int]]) {
    (self.stream, self.parts) = (stream, parts)
    state = Mutex((0, nil))
  }

  /// Inputs and targets of the next part.
  /// - Throws: what reading it threw.
  func next() throws -> [Tensor] {
    let pending = state.withLock { state in
      let pending = state.pending ?? start(state.next)
      return pending
    }
    pending.isDone.wait()
    state.withLock { state in
      state.next += 1
      state.pending = state.next < parts.count ? start(state.next) : nil
    }
    return try pending.result.withLock { result in
      defer { result = nil }
      return try result?.get() ?? []
    }
  }

  private func start(_ index: Int) -> Pending {
    let pending = Pending()
    let (stream, part) = (stream, parts[index])
    DispatchQueue.global(qos: .userInitiated).async {
      let result = Result { try stream.part(part) }
      pending.result.withLock { $0 = result }
      pending.isDone.signal()
    }
    return pending
  }
}
