import Foundation
import PJRT
import Synchronization

/// Examples that are read part by part within a limit of memory.
///
/// Up to three parts are in memory: one that trains, the next one on its way to the device, and the host memory that parts
/// are read into. Floating-point numbers are copied once more, to be checked.
final class ExampleStream: Sendable {
  private let inputs: any RecordReader
  /// nil for inputs whose outputs are wanted.
  private let targets: HostArray?
  private let partBytes: Int
  private let memory: Int
  /// Where parts are read into, kept from part to part.
  private let staging = Mutex<[UInt8]>([])

  private static let copies = 5

  init(_ data: StreamedArrays, memory: Int) {
    (inputs, targets, self.memory, partBytes) = (data.inputs, data.targets, memory, memory / Self.copies)
  }

  /// Inputs alone.
  init(_ inputs: any RecordReader, memory: Int) {
    (self.inputs, targets, self.memory, partBytes) = (inputs, nil, memory, memory / Self.copies)
  }

  var count: Int { inputs.count }

  /// How many batches a part has.
  /// - Throws: ``TrainingError/beyondMemory(needed:limit:)`` if a single batch is too large.
  func batches(of size: Int) throws(TrainingError) -> Int {
    let bytes = Swift.max(1, size * inputs.recordByteCount)
    guard bytes <= partBytes else { throw .beyondMemory(needed: bytes * Self.copies, limit: memory) }
    return partBytes / bytes
  }

  /// The types of a part's inputs and targets.
  func types(count: Int) -> [TensorType] {
    let inputs = TensorType(inputs.dtype, Shape([count] + inputs.shape))
    return [inputs] + (targets.map { [TensorType($0.dtype, Shape([count] + $0.shape.dropFirst()))] } ?? [])
  }

  /// The examples at indices, on the device.
  /// - Parameter count: how many examples programs take; what follows those at the indices is never looked at.
  /// - Throws: `DatasetError` if they can't be read, ``TrainingError/notFinite(data:array:number:)``, `EngineError`.
  func part(_ indices: [Int], count: Int) throws -> [Tensor] {
    let client = try Engine.shared().client
    let (reader, dtype, size) = (inputs, inputs.dtype, inputs.recordByteCount)
    let isChecked = targets != nil && dtype.isFloatingPoint
    let shape = [count] + inputs.shape
    let buffer = try staging.withLock { bytes in
      if bytes.count < count * size { bytes = [UInt8](repeating: 0, count: count * size) }
      return try bytes.withUnsafeMutableBytes { all in
        let read = UnsafeMutableRawBufferPointer(rebasing: all[..<(indices.count * size)])
        try reader.read(indices, into: read)
        if isChecked {
          let array = try HostArray(dtype: dtype, shape: [indices.count] + reader.shape, bytes: Array(read))
          if let number = array.firstNonFinite {
            throw TrainingError.notFinite(data: "streamed", array: "inputs", number: number)
          }
        }
        let part = UnsafeRawBufferPointer(rebasing: all[..<(count * size)])
        return try client.buffer(part, type: BufferType(dtype: dtype, shape: shape))
      }
    }
    guard let targets else { return [Tensor(buffer)] }
    let own = try targets.gathered(indices + Array(repeating: indices.first ?? 0, count: count - indices.count))
    return [Tensor(buffer), try Tensor(own).onDevice()]
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
  private let counts: [Int]
  private let state: Mutex<(next: Int, pending: Pending?)>

  /// - Parameters:
  ///   - parts: the indices of each part's examples.
  ///   - counts: how many examples the programs of each part take; by default as many as there are.
  init(_ stream: ExampleStream, _ parts: [[Int]], counts: [Int]? = nil) {
    (self.stream, self.parts, self.counts) = (stream, parts, counts ?? parts.map(\.count))
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
    let (stream, part, count) = (stream, parts[index], counts[index])
    DispatchQueue.global(qos: .userInitiated).async {
      let result = Result { try stream.part(part, count: count) }
      pending.result.withLock { $0 = result }
      pending.isDone.signal()
    }
    return pending
  }
}
