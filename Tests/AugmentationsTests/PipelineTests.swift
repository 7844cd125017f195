import ArrayFixtures
import Configuration
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct PipelineTests {
  /// Every augmentation by name: shapes stay, the same key gives the same bits, another one others, and a batch of
  /// batches is each of them.
  static let rows: [String: String] = [
    "basic": "basic", "medium": "medium(flip: true)", "strong": "strong",
    "imageDataGenerator":
      "imageDataGenerator(rotation: 20, shear: 5, zoom: 0.2, widthShift: 0.1, verticalFlip: true, brightness: [0.5, 1.5], fill: reflect)",
    "rotation": "rotation(degrees: 30)", "shift": "shift(width: [1, 2], height: 0.2)", "shear": "shear",
    "zoom": "zoom(range: 0.3)",
    "horizontalFlip": "horizontalFlip", "verticalFlip": "verticalFlip", "padAndCrop": "padAndCrop(padding: reflect)",
    "channelShift": "channelShift", "brightness": "brightness", "colorJitter": "colorJitter",
    "randomErasing": "randomErasing(probability: 1, rule: original)", "cutout": "cutout(size: 5, each: batch)",
    "mixUp": "mixUp(each: image)",
    "cutMix": "cutMix(each: image)", "randomResizedCrop": "randomResizedCrop",
    "randAugment": "randAugment(operations: 3, magnitude: 12)",
    "trivialAugment": "trivialAugment(interpolation: linear)",
    "autoAugment": "autoAugment(fill: 128)", "augMix": "augMix(severity: 6)",
    "gridMask": "gridMask(unit: [3, 6], degrees: 45)",
    "autoContrast": "autoContrast", "equalize": "equalize", "invert": "invert",
    "grayscale": "grayscale(probability: 0.5)",
    "posterize": "posterize", "solarize": "solarize", "contrast": "contrast", "saturation": "saturation",
    "sharpness": "sharpness", "gaussianBlur": "gaussianBlur(size: 5)",
  ]

  private static let movesPixelsOnly: Set = [
    "basic", "medium", "rotation", "shift", "shear", "zoom", "horizontalFlip", "verticalFlip", "padAndCrop",
  ]

  @Test func everyAugmentationHasARow() throws {
    #expect(Set(Registry<any Augmentation>.all.names) == Set(Self.rows.keys))
  }

  @Test(arguments: rows.values.sorted()) func keepsItsPromises(_ choice: String) throws {
    let augmentation = try Registry<any Augmentation>.all.build(MethodSpec(parsing: choice))
    try augmentation.check(ImageShape(height: 8, width: 8, channels: 3))
    let pipeline = AugmentationPipeline([augmentation])
    // A histogram of fewer than 255 pixels is left as it is.
    let photos = Samples.photos(12, side: choice == "equalize" ? 20 : 8)
    for images in [photos, photos.cast(to: .float32) / 255] {
      func augmented(_ key: Tensor, _ images: Tensor) -> Tensor {
        let (key, batch) = (Key(state: key), Samples.batch(images, classes: 12))
        let result = pipeline(pipeline(batch, stage: .source, key: key), stage: .prepared, key: key)
        #expect(result.targets.shape[0] == 12)
        return result.images
      }
      // The key is an argument, so that all keys take one program.
      let keys = [Key(seed: 1).state, Key(seed: 2).state]
      let alone = try compiled(for: keys[0], images, body: augmented)
      let one = try alone(keys[0], images)
      #expect(one.shape == images.shape)
      let bits = try one.doubles()
      #expect(bits.allSatisfy { $0.isFinite })
      #expect(try alone(keys[0], images).doubles() == bits)
      let other = try alone(keys[1], images).doubles()
      #expect(other != bits)
      #expect(try images.doubles() != bits)

      let both = vectorized(over: [0, 0]) { [augmented($0[0], $0[1])] }([.stack(keys), .stack([images, images])])[0]
      let found = try both.doubles()
      // Places are computed alike in every program. What is computed of colours is rounded differently where programs are
      // fused differently.
      #expect(agree(found, bits + other, within: 1e-5))
      if Self.movesPixelsOnly.contains(type(of: augmentation).name) { #expect(found == bits + other) }
    }
  }

  /// What an augmentation draws depends on the key and its own name alone.
  @Test func othersDontChangeItsDraws() throws {
    let batch = Samples.batch(Samples.white(64))
    let alone = try batch.augmented(RandomErasing()).images.doubles()
    // White stays white however it is moved, so that only the erasing shows.
    let more = try batch.augmented(Shift(), HorizontalFlip(), Rotation(), RandomErasing()).images.doubles()
    #expect(zip(alone, more).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    let twice = try batch.augmented(RandomErasing(), RandomErasing()).images.doubles()
    #expect(twice != alone)
    let photos = Samples.batch(Samples.photos(16))
    let whole = photos.augmented(StrongAugmentation())
    let apart = photos.augmented(
      Rotation(degrees: 10), Shift(), Zoom(), HorizontalFlip(), ChannelShift(50), RandomErasing())
    #expect(try whole.images.doubles() == apart.images.doubles())
  }

  /// Images without channels get one on the way.
  @Test func greyImagesNeedNoChannel() throws {
    let images = Samples.photos(5, side: 8).slice(0..<1, axis: 3)
    let with = Samples.batch(images).augmented(StrongAugmentation()).images
    let without = Samples.batch(images.squeeze(3)).augmented(StrongAugmentation()).images
    #expect(without.shape == [5, 8, 8])
    #expect(try with.doubles() == without.doubles())
  }
}
