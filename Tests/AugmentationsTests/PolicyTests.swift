import ArrayFixtures
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct PolicyTests {
  struct Operation: Decodable {
    let operation: String
    let magnitude: Double
  }

  struct Fixture: Decodable {
    struct Row: Decodable {
      let operation: String
      let magnitude: Double
      let interpolation: String
      let fill: Double
      let image: Int
      let expected: FixtureArray
    }
    struct Space: Decodable {
      struct Entry: Decodable {
        let operation: String
        let magnitudes: [Double]
        let isSigned: Bool
      }
      let policy: String
      let height: Int
      let width: Int
      let entries: [Entry]
    }
    struct Step: Decodable {
      let operation: String
      let probability: Double
      let bin: Int?
    }
    struct Pair: Decodable {
      let pair: Int
      let probabilities: [Double]
      let isNegative: [Bool]
      let expected: FixtureArray
    }
    struct Mixture: Decodable {
      let steps: [Operation]
      let weights: [Double]
      let share: Double
      let expected: FixtureArray
    }
    struct Blur: Decodable {
      let size: Int
      let sigma: Double
      let image: Int
      let expected: FixtureArray
    }

    let images: [FixtureArray]
    let operations: [Row]
    let spaces: [Space]
    let policy: [[Step]]
    let pairs: [Pair]
    let mixtures: [Mixture]
    let blurs: [Blur]
    let grays: [FixtureArray]

    func levels(_ index: Int) throws -> Tensor { try images[index].tensor().expand(at: 0).cast(to: .float32) }
  }

  let fixture: Fixture

  init() throws { fixture = try Bundle.module.decodeFixture("policies") }

  /// Every operation at small, large and extreme magnitudes, on images with colors, without, and of one color.
  @Test func operationsAreThoseOfTorchvision() throws {
    #expect(fixture.operations.count > 130)
    #expect(Set(fixture.operations.map(\.operation)) == Set(ImageOperation.allCases.map { "\($0)" }))
    let found = try Tensor.evaluate(
      fixture.operations.map { row in
        let resampling = Resampling(
          interpolation: try #require(Interpolation(rawValue: row.interpolation)), fill: row.fill)
        return try ChosenOperations(row.operation, row.magnitude)(
          fixture.levels(row.image), among: Set(ImageOperation.allCases), resampling)
      })
    for (row, result) in zip(fixture.operations, found) {
      let difference = greatestDifference(try result.doubles(), row.expected.numbers)
      #expect(difference <= 1, "\(row.operation) \(row.magnitude) \(row.interpolation), image \(row.image)")
    }
  }

  @Test func spacesAreThoseOfTorchvision() throws {
    #expect(fixture.spaces.count == 10)
    for row in fixture.spaces {
      let size = ImageShape(height: row.height, width: row.width, channels: 3)
      let space =
        switch row.policy {
        case "randAugment": RandAugment.space(size)
        case "trivialAugment": TrivialAugment.space
        case "autoAugment": AutoAugment.space(size)
        case "augMix": AugMix().space(size)
        default: AugMix(color: false).space(size)
        }
      let entries = Dictionary(uniqueKeysWithValues: space.entries.map { ("\($0.operation)", $0) })
      #expect(Set(entries.keys) == Set(row.entries.map(\.operation)), "\(row.policy)")
      for expected in row.entries {
        let entry = try #require(entries[expected.operation])
        #expect(entry.isSigned == expected.isSigned)
        let magnitudes =
          expected.magnitudes.count == 1 ? entry.magnitudes.map { _ in 0 } : expected.magnitudes
        // But for the last digit of single precision.
        #expect(worstError(entry.magnitudes, magnitudes) < 2e-7, "\(row.policy) \(expected.operation)")
      }
    }
    #expect(fixture.policy.count == 25)
    for (expected, pair) in zip(fixture.policy, AutoAugment.pairs) {
      let steps = [pair.0, pair.1]
      #expect(steps.map { "\($0.operation)" } == expected.map(\.operation))
      #expect(steps.map(\.probability) == expected.map(\.probability))
      #expect(steps.map(\.bin) == expected.map { $0.bin ?? 0 })
    }
  }

  /// All pairs in one batch, each image with its own.
  @Test func pairsAreThoseOfTorchvision() throws {
    let rows = fixture.pairs
    let photo = try fixture.levels(3)
    let chosen = AutoAugment.chosen(
      pair: Tensor(rows.map { Int32($0.pair) }),
      probability: Tensor(rows.flatMap { $0.probabilities.map(Float.init) }, shape: [25, 2]),
      isNegative: Tensor(rows.flatMap(\.isNegative), shape: [25, 2]),
      in: AutoAugment.space(ImageShape(height: 20, width: 20, channels: 3)))
    let photos = photo.broadcast(to: Shape([25] + photo.shape.dropFirst()))
    let found = try chosen.applied(
      to: photos, among: Set(ImageOperation.allCases), Resampling(interpolation: .nearest)
    ).doubles()
    let size = 20 * 20 * 3
    for row in rows {
      let difference = greatestDifference(Array(found[row.pair * size..<(row.pair + 1) * size]), row.expected.numbers)
      #expect(difference <= 1, "pair \(row.pair)")
    }
  }

  /// Versions of two operations, in a space for three.
  @Test func mixturesAreThoseOfTorchvision() throws {
    let photo = try fixture.levels(3)
    for row in fixture.mixtures {
      let padded = stride(from: 0, to: 6, by: 2).flatMap { [row.steps[$0], row.steps[$0 + 1], row.steps[$0]] }
      let all = try ChosenOperations(padded, shape: [1, 9])
      let versions = all.versions(3, depths: Tensor([2, 2, 2] as [Int32], shape: [1, 3]))
      let found = AugMix().mixed(
        photo, versions, share: Tensor([Float(row.share)]),
        weights: Tensor(row.weights.map(Float.init), shape: [1, 3]),
        among: Set(ImageOperation.allCases))
      // Each of the three versions may be a level off.
      #expect(greatestDifference(try found.doubles(), row.expected.numbers) <= 1)
    }
  }

  @Test func blursAndGraysAreThoseOfTorchvision() throws {
    for row in fixture.blurs {
      let found = GaussianBlur(size: row.size).blurred(try fixture.levels(row.image), sigma: Tensor([Float(row.sigma)]))
      #expect(greatestDifference(try found.doubles(), row.expected.numbers) <= 1, "\(row.size) \(row.sigma)")
    }
    for (index, expected) in fixture.grays.enumerated() {
      let levels = try fixture.levels(index)
      #expect(try levels.gray.broadcast(to: levels.shape).doubles() == expected.numbers)
    }
  }

  /// Operations by name are the policies' operations, and fractions are changed as bytes are.
  @Test(arguments: [
    ("autoContrast(probability: 1)", "autoContrast", 0), ("equalize(probability: 1)", "equalize", 0),
    ("invert(probability: 1)", "invert", 0), ("posterize(bits: 3, probability: 1)", "posterize", 3),
    ("solarize(threshold: 99, probability: 1)", "solarize", 99), ("contrast(range: [1.5, 1.5])", "contrast", 0.5),
    ("saturation(range: [0.25, 0.25])", "color", -0.75),
    ("sharpness(range: [1.5, 1.5], probability: 1)", "sharpness", 0.5),
  ])
  func namesAreOperations(_ choice: String, _ operation: String, _ magnitude: Double) throws {
    let augmentation = try Registry<any Augmentation>.all.build(MethodSpec(parsing: choice))
    let bytes = try fixture.images[0].tensor().expand(at: 0)
    let expected = try ChosenOperations(operation, magnitude)(
      fixture.levels(0), among: Set(ImageOperation.allCases), Resampling(interpolation: .nearest)
    ).doubles()
    #expect(try Samples.batch(bytes).augmented(augmentation).images.doubles() == expected)
    let fractions = Samples.batch(bytes.cast(to: .float32) / 255).augmented(augmentation).images * 255
    #expect(greatestDifference(try fractions.doubles(), expected) < 1e-3)
  }

  /// Operations and signs come equally often, and a magnitude of 0 leaves a share of images as they are.
  @Test func drawsAreEven() throws {
    let batch = Samples.batch(Samples.white(3000, side: 4))
    let chosen = TrivialAugment.space.draw(batch, steps: 2, key: Key(seed: 4)) {
      Key(seed: 9).offsets($0, upTo: 30)
    }
    let operations = try chosen.operation.doubles()
    let counts = Dictionary(grouping: operations) { $0 }.mapValues(\.count)
    // 14 operations, 429 each.
    #expect(counts.count == 14 && counts.values.allSatisfy { (340...520).contains($0) })
    let rotations = zip(operations, try chosen.magnitude.doubles())
      .filter { $0.0 == Double(ImageOperation.rotate.rawValue) }.map(\.1)
    #expect(rotations.contains { $0 < -130 } && rotations.contains { $0 > 130 })
    #expect(Set(rotations.map { ($0 * 10).rounded() }).count > 50)
    #expect(unevenness(rotations, over: -137...137) < 1.95)
    // The rows of a step are drawn independently.
    let pairs = stride(from: 0, to: operations.count, by: 2).map { operations[$0] == operations[$0 + 1] }
    #expect((150...290).contains(pairs.count { $0 }))
  }

  @Test func weightsAddUp() throws {
    let weights = try Key(seed: 3).symmetricDirichlet(4000, parts: 3, alpha: Coefficient(1)).doubles()
    let rows = stride(from: 0, to: weights.count, by: 3).map { Array(weights[$0..<$0 + 3]) }
    #expect(rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
    // Each is from Beta(1, 2): mean 1/3, variance 1/18.
    for part in 0..<3 {
      let mean = rows.map { $0[part] }.reduce(0, +) / 4000
      let variance = rows.map { ($0[part] - mean) * ($0[part] - mean) }.reduce(0, +) / 4000
      #expect(abs(mean - 1 / 3.0) < 0.015 && abs(variance - 1 / 18.0) < 0.004)
    }
  }

  @Test func gridsAreRegular() throws {
    let size = ImageShape(height: 12, width: 10, channels: 1)
    func number(_ x: Float) -> Tensor { Tensor([x]) }
    let mask = try GridMask(ratio: 0.5).mask(
      size, units: number(4), top: number(1), left: number(3), degrees: number(0)
    ).cast(to: .float32).doubles()
    for y in 0..<12 {
      for x in 0..<10 {
        let isMasked = (y + 3) % 4 >= 2 && (x + 1) % 4 >= 2
        #expect(mask[y * 10 + x] == (isMasked ? 1 : 0), "\(y) \(x)")
      }
    }
    // Turned by a right angle, rows are columns.
    let square = ImageShape(height: 9, width: 9, channels: 1)
    func turned(_ degrees: Float) throws -> Tensor {
      GridMask().mask(square, units: number(5), top: number(0), left: number(0), degrees: number(degrees))
        .cast(to: .float32)
    }
    let expected = try turned(0).transpose([0, 2, 1, 3]).reverse([2]).doubles()
    #expect(try [turned(90).doubles(), turned(90).reverse([1, 2]).doubles()].contains(expected))
  }
}

/// In levels.
private func greatestDifference(_ found: [Double], _ expected: [Double]) -> Double {
  found.count == expected.count ? zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0 : .infinity
}

extension ChosenOperations {
  fileprivate init(_ operation: String, _ magnitude: Double) throws {
    try self.init([PolicyTests.Operation(operation: operation, magnitude: magnitude)], shape: [1])
  }

  fileprivate init(_ steps: [PolicyTests.Operation], shape: Shape) throws {
    let known = Dictionary(uniqueKeysWithValues: ImageOperation.allCases.map { ("\($0)", Int32($0.rawValue)) })
    self.init(
      operation: Tensor(try steps.map { try #require(known[$0.operation]) }, shape: shape),
      magnitude: Tensor(steps.map { Float($0.magnitude) }, shape: shape))
  }
}
