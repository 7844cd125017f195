import Foundation
import PJRT

/// Coloured shapes in CIFAR-10's form, for tests and for machines where CIFAR-10 can't be had.
///
/// Each image shows one of ten shapes, turned, moved and drawn in any size and colour on a ground of another colour
/// that changes across the image, with noise on all of it: colours tell nothing, only forms do.
public enum SyntheticImages {
  /// What the classes 0 to 9 show.
  public static let classNames = PictureShape.allCases.map(\.rawValue)

  private static let trainStream: UInt64 = 0x7069_6374_7572_6501
  private static let testStream: UInt64 = 0x7069_6374_7572_6502
  /// Images per set: 3 GB of them.
  private static let most = 1_000_000

  /// Training and test images, uint8 [N, 32, 32, 3] with int32 labels 0 to 9.
  ///
  /// An image depends on the seed and its index alone, so a smaller set is the beginning of a larger one. Every ten
  /// images hold each shape once.
  /// - Throws: ``DatasetError`` if a count is negative or absurdly large.
  public static func generate(
    trainCount: Int = 10_000, testCount: Int = 2_000, seed: UInt64 = 0
  ) throws(DatasetError) -> DatasetPair {
    for (name, count) in [("trainCount", trainCount), ("testCount", testCount)] where !(0...most).contains(count) {
      throw DatasetError(.invalidArgument(name: name, value: "\(count)", allowed: "between 0 and \(most)"))
    }
    return DatasetPair(
      train: try records(trainCount, seed: seed, stream: trainStream),
      test: try records(testCount, seed: seed, stream: testStream),
      name: "synthetic images", origin: "synthetic images, generated with seed \(seed)", classNames: classNames)
  }

  private static func records(_ count: Int, seed: UInt64, stream: UInt64) throws(DatasetError) -> LabeledArrays {
    let labels = labels(count, seed: seed, stream: stream)
    let (side, size, share) = (ShapePicture.side, ShapePicture.side * ShapePicture.side * 3, 100)
    let pixels = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
      // The shares write to parts of the buffer that don't overlap.
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
        for index in part * share..<min(count, (part + 1) * share) {
          var random = SplitMix64(seed: seed, stream: stream, index: UInt64(index))
          let picture = ShapePicture(PictureShape.allCases[Int(labels[index])], random: &random)
          picture.draw(
            into: UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size]), random: &random)
        }
      }
      initialized = count * size
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [count, side, side, 3], pixels),
      targets: .make(.int32, [count], labels.withUnsafeBytes { Array($0) }), classCount: classNames.count)
  }

  private static func labels(_ count: Int, seed: UInt64, stream: UInt64) -> [Int32] {
    let classes = Int32(classNames.count)
    return (0..<(count + Int(classes) - 1) / Int(classes)).flatMap { block in
      var random = SplitMix64(seed: seed, stream: ~stream, index: UInt64(block))
      var labels = Array(0..<classes)
      for i in stride(from: labels.count - 1, to: 0, by: -1) { labels.swapAt(i, random.index(below: i + 1)) }
      return labels
    }.prefix(count).map(\.self)
  }
}
