import Augmentations
import Configuration
import TestSupport
import Testing

@Suite(.tags(.engine)) struct BadSettingTests {
  @Test(arguments: [
    ("zoom(range: [1.25, 0.75])", "range"), ("brightness(range: [2, 1])", "range"), ("zoom(range: [1, 2, 3])", "range"),
    ("zoom(range: 1.5)", "range"), ("zoom(range: [-1, 2])", "range"),
    ("horizontalFlip(probability: 1.5)", "probability"),
    ("verticalFlip(probability: -0.1)", "probability"), ("randomErasing(probability: 2)", "probability"),
    ("randomErasing(area: [0.5, 1.2])", "area"), ("randomErasing(area: [0.4, 0.1])", "area"),
    ("randomErasing(ratio: [0, 1])", "ratio"), ("randomErasing(rule: mine)", "rule"), ("cutout(size: 0)", "size"),
    ("cutout(each: pixel)", "each"), ("padAndCrop(pixels: -1)", "pixels"), ("rotation(degrees: 181)", "degrees"),
    ("rotation(fill: mirror)", "fill"),
    ("rotation(fill: wrap, fillValue: 3)", "fillValue"), ("shear(degrees: 90)", "degrees"),
    ("shift(width: -0.1)", "width"),
    ("shift(height: [])", "height"), ("channelShift(range: 256)", "range"), ("colorJitter(hue: 0.6)", "hue"),
    ("mixUp(alpha: 0)", "alpha"), ("cutMix(alpha: -1)", "alpha"), ("imageDataGenerator(zoom: [2, 1])", "zoom"),
    ("imageDataGenerator(brightness: [1.5, 0.5])", "brightness"), ("randAugment(magnitude: 31)", "magnitude"),
    ("randAugment(operations: 0)", "operations"), ("trivialAugment(fill: 256)", "fill"),
    ("autoAugment(interpolation: cubic)", "interpolation"), ("augMix(severity: 0)", "severity"),
    ("augMix(depth: 0)", "depth"), ("augMix(alpha: 0)", "alpha"), ("gridMask(unit: [1, 5])", "unit"),
    ("gridMask(ratio: 2)", "ratio"), ("posterize(bits: 9)", "bits"), ("solarize(threshold: 300)", "threshold"),
    ("invert(probability: 2)", "probability"), ("contrast(range: [2, 1])", "range"),
    ("gaussianBlur(size: 4)", "size"), ("gaussianBlur(sigma: [0, 1])", "sigma"),
  ])
  func namesTheField(_ choice: String, _ field: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try Registry<any Augmentation>.all.build(MethodSpec(parsing: choice))
    }
    let text = error?.description ?? ""
    #expect(text.contains("'\(field)'"), "\(choice): \(text)")
  }

  @Test func sizesAreCheckedAgainstTheImages() throws {
    let small = ImageShape(height: 28, width: 20, channels: 1)
    func error(_ augmentation: any Augmentation) -> AugmentationError? {
      #expect(throws: AugmentationError.self) { try AugmentationPipeline([augmentation]).check(small) }
    }
    #expect(
      error(Cutout(size: 21))
        == .outOfRange(field: "cutout.size", value: 21, requirement: "from 1 to 20 for images of 28x20"))
    #expect(error(PadAndCrop(pixels: 20, padding: .reflect))?.description.contains("'padAndCrop.pixels' is 20") == true)
    #expect(
      error(ColorJitter()) == .wrongChannels(augmentation: "colorJitter", channels: 1, expected: [3]))
    #expect(error(HorizontalFlip(probability: 1.5))?.description.contains("'horizontalFlip.probability'") == true)
    #expect(error(RandomErasing(area: 0.5...1.5))?.description.contains("'randomErasing.area'") == true)
    #expect(error(Zoom(0...1))?.description.contains("'zoom.range'") == true)
    #expect(error(Shift(width: .uniform(-1)))?.description.contains("'shift.width'") == true)
    #expect(error(Shift(height: .choices([])))?.description.contains("'shift.height'") == true)
    #expect(error(Rotation(degrees: Double.nan))?.description.contains("'rotation.degrees'") == true)
    #expect(error(MixUp(alpha: 0))?.description.contains("'mixUp.alpha'") == true)
    #expect(throws: AugmentationError.notImages(shape: [100, 784])) { _ = try ImageShape(of: [100, 784]) }
    #expect(error(GaussianBlur(size: 41))?.description.contains("'gaussianBlur.size' is 41") == true)
    #expect(error(RandAugment(operations: 0))?.description.contains("'randAugment.operations'") == true)
    #expect(error(AugMix(depth: 0))?.description.contains("'augMix.depth'") == true)
    let wide = ImageShape(height: 8, width: 8, channels: 4)
    #expect(throws: AugmentationError.wrongChannels(augmentation: "equalize", channels: 4, expected: [1, 3])) {
      try AugmentationPipeline([Equalize()]).check(wide)
    }
    try AugmentationPipeline([Cutout(size: 20), PadAndCrop(pixels: 19, padding: .reflect)]).check(small)
  }
}
