import ArrayFixtures
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct MixingTests {
  /// Images of one number each, its place in the batch, so that mixtures reveal their parts.
  private func batch(_ count: Int, side: Int = 8) -> ImageBatch {
    let values = Tensor.iota([count, side, side, 1], dtype: .float32)
    return ImageBatch(images: values, targets: Tensor.iota([count]), classes: count)
  }

  @Test(arguments: [0.2, 1, 4]) func sharesAreBetas(_ alpha: Double) throws {
    let shares = try Key(seed: 2).symmetricBeta(20_000, alpha: Coefficient(alpha)).doubles()
    let mean = shares.reduce(0, +) / 20_000
    let variance = shares.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
    #expect((mean - 0.5).magnitude < 0.01)
    #expect((variance - 1 / (4 * (2 * alpha + 1))).magnitude < 0.004)
    #expect(shares.allSatisfy { (0...1).contains($0) })
    if alpha == 1 { #expect(unevenness(shares, over: 0...1) < 1.95) }
  }

  @Test(arguments: MaskScope.allCases) func mixUpMixesImagesAndTargetsAlike(_ scope: MaskScope) throws {
    let mixed = batch(16).augmented(MixUp(alpha: 0.7, each: scope))
    let targets = try mixed.targets.doubles()
    let images = try mixed.images.doubles()
    for example in 0..<16 {
      let row = targets[example * 16..<(example + 1) * 16]
      #expect((row.reduce(0, +) - 1).magnitude < 1e-5)
      let expected = row.enumerated().map { Double($0.offset) * $0.element }.reduce(0, +)
      #expect((images[example * 64] - expected).magnitude < 1e-3)
    }
    let own = (0..<16).map { targets[$0 * 17] }
    let different = Set(own.filter { $0 < 0.9999 }.map { ($0 * 1e4).rounded() })
    #expect(scope == .batch ? different.count == 1 : different.count > 8)
  }

  @Test(arguments: MaskScope.allCases) func cutMixWeighsTargetsByPixels(_ scope: MaskScope) throws {
    let mixed = batch(32).augmented(CutMix(alpha: 1, each: scope), seed: 4)
    let targets = try mixed.targets.doubles()
    let images = try mixed.images.doubles()
    for example in 0..<32 {
      let pixels = images[example * 64..<(example + 1) * 64]
      let own = Double(pixels.count { $0 == Double(example) }) / 64
      let partner = pixels.first { $0 != Double(example) }
      if let partner {
        #expect((targets[example * 32 + example] - own).magnitude < 1e-6)
        #expect((targets[example * 32 + Int(partner)] - (1 - own)).magnitude < 1e-6)
      } else {
        #expect(targets[example * 32 + example] > 0.999)
      }
    }
    #expect(Set(images).count == 32)
  }

  /// Targets that are values are mixed as they are.
  @Test func valuesAreMixedToo() throws {
    var values = batch(6)
    values.targets = Tensor.iota([6, 2], dtype: .float32)
    let mixed = values.augmented(MixUp())
    #expect(mixed.targets.shape == [6, 2])
    let (targets, images) = (try mixed.targets.doubles(), try mixed.images.doubles())
    #expect((0..<6).allSatisfy { (targets[2 * $0] - images[64 * $0]).magnitude < 1e-5 })
  }
}
