import Configuration
import TestSupport
import Testing

@testable import Augmentations

/// Every number of an augmentation that may be a schedule follows it.
@Suite(.tags(.engine)) struct ScheduledAugmentationTests {
  /// Values at which a setting does something, also at the half.
  private static let values: [String: Double] = [
    "gridMask.degrees": 40, "cutout.size": 6, "randAugment.magnitude": 20, "imageDataGenerator.rotation": 40,
    "imageDataGenerator.shear": 40, "imageDataGenerator.channelShift": 80,
  ]

  /// What else has to be set.
  private static let more = [
    "gridMask": ", unit: [3, 6]", "mixUp": ", each: image", "cutMix": ", each: image",
    "solarize.probability": ", threshold: 50",
  ]

  private var rows: [(name: String, text: (String) -> String, value: Double)] {
    Registry<any Augmentation>.all.types.flatMap { type in
      type.parameters.compactMap { parameter in
        let name = "\(type.name).\(parameter.name)"
        guard parameter.allowed.contains("schedule"),
          let value = Self.values[name] ?? Double(parameter.defaultValue)
        else { return nil }
        return (
          name, { "\(type.name)(\(parameter.name): \($0)\(Self.more[name] ?? Self.more[type.name] ?? ""))" }, value
        )
      }
    }
  }

  /// Numbers that stay as they are: counts and sizes, which are shapes of the program, ranges, and what is filled in.
  private static let fixed: Set<String> = [
    "augMix.depth", "brightness.range", "contrast.range", "cutout.value", "gridMask.unit", "gridMask.value",
    "gaussianBlur.size", "gaussianBlur.sigma", "imageDataGenerator.brightness", "imageDataGenerator.fillValue",
    "imageDataGenerator.heightShift", "imageDataGenerator.widthShift", "imageDataGenerator.zoom",
    "randomErasing.area", "randomErasing.ratio", "randomResizedCrop.ratio", "randomResizedCrop.scale",
    "saturation.range", "sharpness.range", "shift.height", "shift.width", "zoom.range",
  ]

  private func batch(_ text: String, at step: Int) throws -> [Tensor] {
    let augmentation = try Registry<any Augmentation>.all.build(MethodSpec(parsing: text))
    let pipeline = AugmentationPipeline([augmentation]).scheduled(
      at: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 10))
    let key = Key(seed: 5)
    // Levels that leave room to the brightest one.
    let dark = (Samples.photos(32, side: 16).cast(to: .float32) * 0.4).cast(to: .uint8)
    let found = pipeline(
      pipeline(Samples.batch(dark, classes: 32), stage: .source, key: key), stage: .prepared,
      key: key)
    return [found.images.cast(to: .float32), found.targets.cast(to: .float32)]
  }

  @Test func everyNumberFollowsItsSchedule() throws {
    let rows = rows
    #expect(rows.count > 25)
    for row in rows {
      let schedule = "piecewise(values: [\(row.value), \(row.value / 2)], boundaries: [3])"
      let found = try Tensor.evaluate(
        batch(row.text(schedule), at: 2) + batch(row.text("\(row.value)"), at: 2) + batch(row.text(schedule), at: 3)
          + batch(row.text("\(row.value / 2)"), at: 3)
      ).map { try $0.doubles() }
      /// The mean distance: at an edge of a mask or a level rounding may decide otherwise.
      func distance(_ one: Int, _ other: Int) -> Double {
        (0...1).map { part in
          let pairs = zip(found[one + part], found[other + part])
          return pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / Double(found[one + part].count)
        }.max() ?? .nan
      }
      #expect(distance(0, 2) < 0.005, "\(row.name)")
      #expect(distance(4, 6) < 0.005, "\(row.name)")
      #expect(distance(2, 6) > 0.005, "\(row.name) has no effect")
    }
  }

  @Test func everyOtherNumberIsFixed() {
    let numbers = Registry<any Augmentation>.all.types.flatMap { type in
      type.parameters.filter { parameter in
        !parameter.allowed.contains("schedule") && parameter.allowed.contains(where: \.isNumber)
          && !parameter.allowed.hasPrefix("a whole number") && Int(parameter.defaultValue) == nil
      }.map { "\(type.name).\($0.name)" }
    }
    #expect(Set(numbers).subtracting(Self.fixed) == [])
  }

  /// Values of a schedule aren't checked; numbers are.
  @Test func numbersAreStillChecked() throws {
    let images = ImageShape(height: 8, width: 8, channels: 3)
    #expect(throws: AugmentationError.self) { try Cutout(size: 9).check(images) }
    try Cutout(size: PolynomialSchedule(9, final: 1)).check(images)
    for text in ["randAugment(magnitude: 9.5)", "posterize(bits: 9)", "mixUp(alpha: 0)", "solarize(threshold: -1)"] {
      #expect(throws: ConfigurationError.self) { try Registry<any Augmentation>.all.build(MethodSpec(parsing: text)) }
    }
  }
}
