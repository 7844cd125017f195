import Foundation
import PJRT
import Synchronization

/// Examples that are read part by part within a limit of memory.
///
/// Up to three parts are in memory: one that trains, the next one on its way to the device, and the host memory that parts
/// are read into. Floating-point numbers are copied once more, to be checked. Of several devices each gets the parts.
final class ExampleStream: Sendable {
  private let inputs: any RecordReader
  /// nil for inputs whose outputs are wanted.
  private let targets: HostArray?
  private let memory: Int
  /// Where parts are read into, kept from part to part.
  private let staging = Mutex<[UInt8]>([])

  private static func copies(devices: Int) -> Int { 3 + 2 * devices }

  init(_ data: StreamedArrays, memory: Int) {
    (inputs, targets, self.memory) = (data.inputs, data.targets, memory)
  }

  /// Inputs alone.
  init(_ inputs: any RecordReader, memory: Int) {
    (self.inputs, targets, self.memory) = (inputs, nil, memory)
  }

  var count: Int { inputs.count }

  /// How many batches a part has.
  /// - Throws: ``TrainingError/beyondMemory(needed:limit:)`` if a single batch is too large.
  func batches(of size: Int, devices: Int = 1) throws(TrainingError) -> Int {
    let (bytes, copies) = (Swift.max(1, size * inputs.recordByteCount), Self.copies(devices: devices))
    guard bytes <= memory / copies else { throw .beyondMemory(needed: bytes * copies, limit: memory) }
    return memory / copies / bytes
  }

  /// The types of a part's inputs and targets.
  func types(count: Int) -> [TensorType] {
    let inputs = TensorType(inputs.dtype, Shape([count] + inputs.shape))
    return [inputs] + (targets.map { [TensorType($0.dtype, Shape([count] + $0.shape.dropFirst()))] } ?? [])
  }

  /// The examples at indices, on each of the engine's first devices.
  /// - Parameter count: how many examples programs take; what follows those at the indices is never looked at.
  /// - Throws: `DatasetError` if they can't be read, ``TrainingError/notFinite(data:array:number:)``, `EngineError`.
  func part(_ indices: [Int], count: Int, on engine: Engine, devices: Int) throws -> [Tensor] {
    let (reader, dtype, size) = (inputs, inputs.dtype, inputs.recordByteCount)
    let isChecked = targets != nil && dtype.isFloatingPoint
    let shape = [count] + inputs.shape
    let devices = engine.localCount(of: devices)
    let buffers = try staging.withLock { bytes in
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
        let type = BufferType(dtype: dtype, shape: shape)
        return try (0..<devices).map { try engine.client.buffer(part, type: type, device: $0) }
      }
    }
    let inputs = Tensor(buffers: buffers)
    guard let targets else { return [inputs] }
    let own = try targets.gathered(indices + Array(repeating: indices.first ?? 0, count: count - indices.count))
    return [inputs, Tensor(buffers: try (0..<devices).map { try engine.buffer(own, device: $0) })]
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
  private let devices: Int
  private let state: Mutex<(next: Int, pending: Pending?)>

  /// - Parameters:
  ///   - parts: the indices of each part's examples.
  ///   - counts: how many examples the programs of each part take; by default as many as there are.
  ///   - devices: how many of the engine's devices get them.
  init(_ stream: ExampleStream, _ parts: [[Int]], counts: [Int]? = nil, devices: Int = 1) {
    (self.stream, self.parts, self.counts) = (stream, parts, counts ?? parts.map(\.count))
    self.devices = devices
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
    let (stream, part, count, devices) = (stream, parts[index], counts[index], devices)
    let engine = Result { try Engine.shared() }
    DispatchQueue.global(qos: .userInitiated).async {
      let result = Result { try stream.part(part, count: count, on: engine.get(), devices: devices) }
      pending.result.withLock { $0 = result }
      pending.isDone.signal()
    }
    return pending
  }
}
