import Foundation
import PJRT

/// Drawn digits in MNIST's shape, for machines where MNIST can't be had, and for tests.
///
/// Each image is a digit written as a set of strokes and then bent, slanted, turned, moved, drawn with
/// a pen of some width and soiled, all at random. With the default 60,000 and 10,000, 20 epochs of SGD
/// at rate 0.1 bring a linear classifier to 87 % and the network 784-100-50-10 to 98 %, about as hard
/// as MNIST. Scores on them can't be compared with scores on MNIST all the same.
public enum SyntheticDigits {
  private static let trainStream: UInt64 = 0x7472_6169_6e
  private static let testStream: UInt64 = 0x7465_7374
  /// Images per set: 7.8 GB of them.
  private static let most = 10_000_000

  /// Training and test digits, uint8 [N, 28, 28] with int32 labels 0 to 9.
  ///
  /// An image depends on the seed and its index alone, so a smaller set is the beginning of a larger
  /// one. Every ten images hold each digit once.
  /// - Throws: ``DatasetError`` if a count is negative or absurdly large.
  public static func generate(
    trainCount: Int = 60_000, testCount: Int = 10_000, seed: UInt64 = 0
  ) throws(DatasetError) -> DatasetPair {
    for (name, count) in [("trainCount", trainCount), ("testCount", testCount)] where !(0...most).contains(count) {
      throw DatasetError(.invalidArgument(name: name, value: "\(count)", allowed: "between 0 and \(most)"))
    }
    return DatasetPair(
      train: try records(trainCount, seed: seed, stream: trainStream),
      test: try records(testCount, seed: seed, stream: testStream),
      name: "synthetic digits", origin: "synthetic digits, generated with seed \(seed)")
  }

  private static func records(
    _ count: Int, seed: UInt64, stream: UInt64
  ) throws(DatasetError) -> LabeledArrays {
    let labels = labels(count, seed: seed, stream: stream)
    let size = DigitCanvas.side * DigitCanvas.side
    let pixels = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
      draw(labels, into: buffer, seed: seed, stream: stream)
      initialized = count * size
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [count, DigitCanvas.side, DigitCanvas.side], pixels),
      targets: .make(.int32, [count], labels.withUnsafeBytes { Array($0) }), classCount: 10)
  }

  private static func labels(_ count: Int, seed: UInt64, stream: UInt64) -> [Int32] {
    var labels: [Int32] = []
    labels.reserveCapacity(count + 10)
    var block: UInt64 = 0
    while labels.count < count {
      var random = SplitMix64(seed: seed, stream: ~stream, index: block)
      var digits = Array(Int32(0)..<10)
      for i in stride(from: 9, to: 0, by: -1) { digits.swapAt(i, random.index(below: i + 1)) }
      labels += digits
      block += 1
    }
    return Array(labels.prefix(count))
  }

  private static func draw(
    _ labels: [Int32], into buffer: UnsafeMutableBufferPointer<UInt8>, seed: UInt64, stream: UInt64
  ) {
    let size = DigitCanvas.side * DigitCanvas.side
    let share = 100
    // The shares write to parts of the buffer that don't overlap.
    nonisolated(unsafe) let buffer = buffer
    DispatchQueue.concurrentPerform(iterations: (labels.count + share - 1) / share) { part in
      var hand = DigitHand(random: SplitMix64(seed: seed, stream: stream, index: 0))
      for index in part * share..<min(labels.count, (part + 1) * share) {
        hand.write(
          Int(labels[index]), with: SplitMix64(seed: seed, stream: stream, index: UInt64(index)),
          into: UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size]))
      }
    }
  }
}
