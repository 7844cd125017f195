import Foundation
import Tanren
import TestSupport

/// Data sets small enough to be made anew for each test.
enum DataFiles {
  static let tiny = "syntheticDigits(train: 200, test: 100)"

  /// An NPZ file of 20 and 10 records of four numbers in three classes, with some arrays replaced.
  static func writeNPZ(to folder: TemporaryFolder, replacing replaced: [String: HostArray] = [:]) throws -> String {
    var arrays: [String: HostArray] = [:]
    for (part, count) in [("train", 20), ("test", 10)] {
      arrays["x_" + part] = try HostArray((0..<count * 4).map { Float($0 % 7) }, shape: [count, 4])
      arrays["y_" + part] = try HostArray((0..<count).map { Int64($0 % 3) })
    }
    let path = folder.path + "/data.npz"
    try NPZ.write(arrays.merging(replaced) { $1 }, to: path)
    return path
  }

  /// `bytes` in a gzip file as a stored block of deflate (RFC 1951 and 1952), the checksum left out.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    func littleEndian(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(bytes.count, 2) + littleEndian(~bytes.count, 2)
      + bytes
  }
}
