import Formats

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
    try SyntheticSet.check(trainCount: trainCount, testCount: testCount, limit: most)
    let set = SyntheticSet(seed: seed, shape: [DigitCanvas.side, DigitCanvas.side], classCount: 10)
    func records(_ count: Int, _ stream: UInt64) throws(DatasetError) -> LabeledArrays {
      try set.records(count, stream: stream) {
        var hand = DigitHand()
        return { label, random, pixels in hand.write(label, with: random, into: pixels) }
      }
    }
    return DatasetPair(
      train: try records(trainCount, trainStream), test: try records(testCount, testStream),
      name: "synthetic digits", origin: "synthetic digits, generated with seed \(seed)")
  }
}
