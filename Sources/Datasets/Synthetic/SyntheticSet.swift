import Formats
import Foundation
import PJRT

/// Images drawn at random: an image depends on the seed and its index alone, and as many images as there are classes
/// hold each class once.
struct SyntheticSet {
  /// Draws an image of a class into its bytes.
  typealias Drawing = (_ label: Int, _ random: SplitMix64, _ pixels: UnsafeMutableBufferPointer<UInt8>) -> Void

  let seed: UInt64
  /// Of an image.
  let shape: [Int]
  let classCount: Int

  /// Images that a thread draws at a time.
  private static let share = 100

  /// - Throws: ``DatasetError`` naming the count that is negative or greater than `limit`.
  static func check(trainCount: Int, testCount: Int, limit: Int) throws(DatasetError) {
    for (name, count) in [("trainCount", trainCount), ("testCount", testCount)] where !(0...limit).contains(count) {
      throw DatasetError(.invalidArgument(name: name, value: "\(count)", allowed: "between 0 and \(limit)"))
    }
  }

  /// - Parameters:
  ///   - stream: tells the sets of one seed apart.
  ///   - drawing: makes what draws, once a share of the images.
  func records(
    _ count: Int, stream: UInt64, drawing: @Sendable () -> Drawing
  ) throws(DatasetError) -> LabeledArrays {
    let labels = labels(count, stream: stream)
    let (size, share) = (shape.reduce(1, *), Self.share)
    let pixels = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
      // The shares write to parts of the buffer that don't overlap.
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
        let draw = drawing()
        for index in part * share..<min(count, (part + 1) * share) {
          draw(
            Int(labels[index]), SplitMix64(seed: seed, stream: stream, index: UInt64(index)),
            UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size]))
        }
      }
      initialized = count * size
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [count] + shape, pixels),
      targets: .make(.int32, [count], labels.withUnsafeBytes { Array($0) }), classCount: classCount)
  }

  private func labels(_ count: Int, stream: UInt64) -> [Int32] {
    (0..<(count + classCount - 1) / classCount).flatMap { block in
      var random = SplitMix64(seed: seed, stream: ~stream, index: UInt64(block))
      var labels = Array(0..<Int32(classCount))
      for i in stride(from: labels.count - 1, to: 0, by: -1) { labels.swapAt(i, random.index(below: i + 1)) }
      return labels
    }.prefix(count).map(\.self)
  }
}
