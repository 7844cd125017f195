import Foundation
import Tanren

/// `pictures`: JPEG files read, decoded, resized to 224x224 and brought to the device in batches, as a streamed training
/// does it.
final class PictureRounds: BenchRounds {
  private static let batch = 64
  private let data: StreamedArrays
  private let client: Client

  /// - Parameter folder: of folders of classes.
  init(folder: String, on engine: Engine) throws {
    let source = ImagesSource(path: folder, size: 224, resize: .centerCrop, channels: .rgb, fraction: 0)
    data = try source.stream(from: DataFolders(), progress: nil).train
    client = engine.client
  }

  /// - Returns: the pictures, and the last batch's mean.
  func round() throws -> (units: Int, loss: Double) {
    let size = data.inputs.recordByteCount
    var bytes = [UInt8](repeating: 0, count: Self.batch * size)
    var last: Buffer?
    for start in stride(from: 0, to: data.count, by: Self.batch) {
      let indices = Array(start..<min(start + Self.batch, data.count))
      last = try bytes.withUnsafeMutableBytes { all in
        let part = UnsafeMutableRawBufferPointer(rebasing: all[..<(indices.count * size)])
        try data.inputs.read(indices, into: part)
        return try client.buffer(
          UnsafeRawBufferPointer(part), type: BufferType(dtype: .uint8, shape: [indices.count] + data.inputs.shape))
      }
    }
    let first = try last?.read().bytes.first ?? 0
    return (data.count, Double(first))
  }
}
