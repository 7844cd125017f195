import Formats

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
    try SyntheticSet.check(trainCount: trainCount, testCount: testCount, limit: most)
    let set = SyntheticSet(seed: seed, shape: [ShapePicture.side, ShapePicture.side, 3], classCount: classNames.count)
    func records(_ count: Int, _ stream: UInt64) throws(DatasetError) -> LabeledArrays {
      try set.records(count, stream: stream) {
        { label, random, pixels in
          var random = random
          ShapePicture(PictureShape.allCases[label], random: &random).draw(into: pixels, random: &random)
        }
      }
    }
    return DatasetPair(
      train: try records(trainCount, trainStream), test: try records(testCount, testStream),
      name: "synthetic images", origin: "synthetic images, generated with seed \(seed)", classNames: classNames)
  }
}
