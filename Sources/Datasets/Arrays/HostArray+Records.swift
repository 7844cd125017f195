import Formats
import PJRT

extension HostArray {
  /// Records along the first axis; 0 for an array without axes.
  var recordCount: Int { shape.first ?? 0 }

  /// The shape of one record.
  var recordShape: [Int] { Array(shape.dropFirst()) }

  /// Bytes of one record. By division, since the extents of an array without records may be of any size.
  var recordByteCount: Int { recordCount == 0 ? 0 : bytes.count / recordCount }

  /// Images [N, channels, height, width] as [N, height, width, channels].
  func channelsLast() throws(DatasetError) -> HostArray {
    let (channels, pixels, width) = (shape[1], shape[2] * shape[3], dtype.byteCount)
    let size = channels * pixels * width
    let moved = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        for image in 0..<(size == 0 ? 0 : bytes.count / size) {
          for pixel in 0..<pixels {
            for channel in 0..<channels {
              let (from, to) = ((channel * pixels + pixel) * width, (pixel * channels + channel) * width)
              for byte in 0..<width { buffer[image * size + to + byte] = source[image * size + from + byte] }
            }
          }
        }
      }
      initialized = bytes.count
    }
    return try .make(dtype, [shape[0], shape[2], shape[3], channels], moved)
  }

  /// The records at `indices`, in that order, repeats included. The caller has checked the indices.
  func gathered(_ indices: some Collection<Int>) throws(DatasetError) -> HostArray {
    let size = recordByteCount
    let gathered = [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        let target = UnsafeMutableRawBufferPointer(buffer)
        var offset = 0
        for index in indices {
          UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[index * size..<(index + 1) * size]))
          offset += size
        }
        initialized = offset
      }
    }
    return try .make(dtype, [indices.count] + recordShape, gathered)
  }
}
