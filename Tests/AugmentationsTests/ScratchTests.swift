import PJRT
import Configuration
import Testing

@testable import Augmentations

@Suite struct ScratchTests {
  @Test(arguments: ["rotation(degrees: 30)", "strong", "zoom(range: 0.3)", "shear", "brightness", "colorJitter", "channelShift", "mixUp(each: image)",
    "imageDataGenerator(rotation: 20, shear: 5, zoom: 0.2, widthShift: 0.1, verticalFlip: true, brightness: [0.5, 1.5], fill: reflect)"])
  func compare(_ choice: String) throws {
    let augmentation = try Catalog<any Augmentation>.all.make(Choice(parsing: choice))
    let photos = Samples.photos(12, side: 8)
    for kernels in [KernelSet.all, []] {
      let engine = try Engine(programCache: nil, kernels: kernels)
      for images in [photos, photos.cast(to: .float32) / 255] {
        let keys = Tensor.stack([Key(seed: 1).state, Key(seed: 2).state])
        let pipeline = AugmentationPipeline([augmentation])
        func apply(_ key: Tensor, _ images: Tensor) -> Tensor {
          let (key, batch) = (Key(state: key), Samples.batch(images, classes: 12))
          return pipeline(pipeline(batch, stage: .source, key: key), stage: .prepared, key: key).images.cast(to: .float64)
        }
        let inputs = try Tensor.evaluate([keys, .stack([images, images])])
        let one = try Program([inputs[0][0].type, inputs[1][0].type], on: engine) { [apply($0[0], $0[1])] }
        let two = try Program(inputs.map(\.type), on: engine) { vectorized(over: [0, 0]) { [apply($0[0], $0[1])] }($0) }
        let single = try (0..<2).flatMap { try one([inputs[0][$0], inputs[1][$0]].map { try $0.evaluate() })[0].values(as: Double.self) }
        let both = try two(inputs)[0].values(as: Double.self)
        let worst = zip(single, both).map { ($0 - $1).magnitude }.max() ?? 0
        print("SCRATCH", choice, kernels.isEmpty ? "xla" : "kernel", images.dtype, "abs", worst, "rel", worstError(both, single))
      }
    }
    guard let affine = augmentation as? any AffineAugmentation else { return }
    let keys = Tensor.stack([Key(seed: 1).state, Key(seed: 2).state])
    func map(_ key: Tensor) -> Tensor {
      let map = affine.map(12, ImageShape(height: 8, width: 8, channels: 3), key: Key(state: key))
      return Tensor.stack([map.yy, map.yx, map.y0, map.xy, map.xx, map.x0].map { $0.cast(to: .float64) })
    }
    let single = try (0..<2).flatMap { try map(keys[$0]).values(as: Double.self) }
    let both = try vectorized(over: [0]) { [map($0[0])] }([keys])[0].values(as: Double.self)
    print("SCRATCH maps", choice, worstError(both, single))
  }
}
