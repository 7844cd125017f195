import Configuration
import TestSupport
import Testing

@testable import Augmentations

/// Every number of an augmentation that may be a schedule follows it.
@Suite(.tags(.engine)) struct ScheduledAugmentationTests {
  /// Values at which a setting does something, also at the half; a range has two.
  private static let values: [String: [Double]] = [
    "gridMask.degrees": [40], "gridMask.unit": [8, 12], "gridMask.value": [200], "cutout.size": [6],
    "cutout.value": [200], "randAugment.magnitude": [20], "augMix.severity": [6],
    "imageDataGenerator.rotation": [40], "imageDataGenerator.shear": [40], "imageDataGenerator.channelShift": [80],
    "imageDataGenerator.widthShift": [0.25], "imageDataGenerator.heightShift": [0.25],
    "imageDataGenerator.zoom": [0.75, 1.25], "imageDataGenerator.brightness": [0.5, 1.5],
  ]

  /// What else has to be set.
  private static let more = [
    "gridMask.unit": "", "gridMask": ", unit: [3, 6]", "mixUp": ", each: image", "cutMix": ", each: image",
    "solarize.probability": ", threshold: 50",
  ]

  private struct Row {
    let name: String
    let values: [Double]

    /// The method with each number as something writes it.
    func text(_ written: (Double) -> String) -> String {
      let parts = name.split(separator: ".").map(String.init)
      let numbers = values.map(written).joined(separator: ", ")
      let more = more[name] ?? more[parts[0]] ?? ""
      return "\(parts[0])(\(parts[1]): \(values.count == 1 ? numbers : "[\(numbers)]")\(more))"
    }
  }

  private var rows: [Row] {
    Registry<any Augmentation>.all.types.flatMap { type in
      type.parameters.compactMap { parameter in
        let name = "\(type.name).\(parameter.name)"
        guard parameter.allowed.contains("schedule") else { return nil }
        let usual = parameter.defaultValue.split { "[], ".contains($0) }.compactMap { Double($0) }
        return Row(name: name, values: Self.values[name] ?? usual)
      }
    }
  }

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
    #expect(rows.count > 45)
    for row in rows {
      let schedule = row.text { "piecewise(values: [\($0), \($0 / 2)], boundaries: [3])" }
      let (whole, half) = (row.text { "\($0)" }, row.text { "\($0 / 2)" })
      let found = try Tensor.evaluate(batch(schedule, at: 3) + batch(half, at: 3) + batch(whole, at: 3)).map {
        try $0.doubles()
      }
      /// The mean distance: at an edge of a mask or a level rounding may decide otherwise.
      func distance(_ one: Int, _ other: Int) -> Double {
        (0...1).map { part in
          let pairs = zip(found[one + part], found[other + part])
          return pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / Double(found[one + part].count)
        }.max() ?? .nan
      }
      #expect(distance(0, 2) < 0.005, "\(row.name)")
      #expect(distance(2, 4) > 0.005, "\(row.name) has no effect")
    }
  }

  /// By the values that they reach, schedules are checked as numbers are.
  @Test func schedulesAreCheckedAsNumbers() throws {
    let images = ImageShape(height: 8, width: 8, channels: 3)
    let tooMuch: [any Augmentation] = [
      Cutout(size: 9), Cutout(size: PolynomialSchedule(9, final: 1)),
      PadAndCrop(pixels: StepSchedule(1, milestones: [2], factor: 9)),
      Zoom(ScheduledRange(from: PolynomialSchedule(1, final: 0, over: .epochs(2)), to: 2)),
      Shift(width: .uniform(PolynomialSchedule(-1, final: 0))),
    ]
    for augmentation in tooMuch { #expect(throws: AugmentationError.self) { try augmentation.check(images) } }
    try Cutout(size: PolynomialSchedule(8, final: 1)).check(images)
    try Zoom(ScheduledRange(from: PolynomialSchedule(1, final: 0.5), to: 1.5)).check(images)
    for text in ["randAugment(magnitude: 9.5)", "posterize(bits: 9)", "mixUp(alpha: 0)", "solarize(threshold: -1)"] {
      #expect(throws: ConfigurationError.self) { try Registry<any Augmentation>.all.build(MethodSpec(parsing: text)) }
    }
  }
}
