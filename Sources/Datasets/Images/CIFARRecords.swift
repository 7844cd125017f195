import Formats
import Foundation
import PJRT

/// CIFAR's binary records: label bytes, then the red, green and blue values of 32 rows of 32 pixels.
struct CIFARRecords {
  static let side = 32
  static let channels = 3

  /// Bytes of labels before the pixels: 1 in CIFAR-10, 2 in CIFAR-100.
  let labelBytes: Int
  /// Which of them is taken.
  let labelByte: Int
  let classCount: Int

  /// The records of several files, in their order: images uint8 [N, 32, 32, 3], labels int32 [N].
  /// - Throws: ``DatasetError`` if a file can't be read, doesn't hold whole records, or has a label that isn't
  ///   one.
  func read(_ paths: [String]) throws(DatasetError) -> LabeledArrays {
    var images: [UInt8] = []
    var labels: [Int32] = []
    for path in paths {
      let bytes = try FileBytes.read(path)
      let size = labelBytes + Self.pixelBytes
      guard !bytes.isEmpty, bytes.count.isMultiple(of: size) else {
        throw DatasetError(.partialRecord(size: size, actual: bytes.count), path: path)
      }
      for record in 0..<bytes.count / size {
        let label = Int(bytes[record * size + labelByte])
        guard label < classCount else {
          throw DatasetError(.labelOutOfRange(record: record, label: label, classCount: classCount), path: path)
        }
        labels.append(Int32(label))
      }
      images += interleaved(bytes, recordBytes: size)
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [labels.count, Self.side, Self.side, Self.channels], images),
      targets: .make(.int32, [labels.count], labels.withUnsafeBytes { Array($0) }), classCount: classCount)
  }

  private static let pixelBytes = side * side * channels

  /// The pixels with their colours side by side.
  private func interleaved(_ bytes: [UInt8], recordBytes: Int) -> [UInt8] {
    let count = bytes.count / recordBytes
    let (plane, share) = (Self.side * Self.side, 1000)
    return [UInt8](unsafeUninitializedCapacity: count * Self.pixelBytes) { output, initialized in
      bytes.withUnsafeBufferPointer { input in
        // The shares write to parts of the output that don't overlap.
        nonisolated(unsafe) let (output, input) = (output, input)
        DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
          for record in part * share..<min(count, (part + 1) * share) {
            let (source, target) = (record * recordBytes + labelBytes, record * Self.pixelBytes)
            for pixel in 0..<plane {
              output[target + 3 * pixel] = input[source + pixel]
              output[target + 3 * pixel + 1] = input[source + plane + pixel]
              output[target + 3 * pixel + 2] = input[source + 2 * plane + pixel]
            }
          }
        }
      }
      initialized = count * Self.pixelBytes
    }
  }
}
