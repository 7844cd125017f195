import Tanren

/// Batches of images augmented and scaled, an execution each, the images on the device: `augment-basic`,
/// `augment-strong` and `augment-each`.
final class AugmentRounds: BenchRounds {
  private static let (batch, batches) = (128, 20)
  private let program: Program
  private let images: Tensor
  private var step = 0

  init(_ augmentation: any Augmentation, on engine: Engine) throws {
    let pixels = (0..<Self.batch * 32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    images = Tensor(try engine.buffer(HostArray(pixels, shape: [Self.batch, 32, 32, 3])))
    let pipeline = AugmentationPipeline([augmentation])
    program = try Program([images.type, TensorType(.int32, [])], on: engine) { arguments in
      let key = Key(seed: 0).folding(arguments[1])
      var batch = ImageBatch(images: arguments[0], targets: Tensor.iota([Self.batch]))
      batch = pipeline(batch, stage: .source, key: key)
      batch.images = Rescaling(dividingBy: 255)(batch.images, dtype: .float32)
      return [pipeline(batch, stage: .prepared, key: key).images]
    }
  }

  /// - Returns: the images, and the last batch's first value.
  func round() throws -> (units: Int, loss: Double) {
    var result = images
    for _ in 0..<Self.batches {
      step += 1
      result = try program([images, Tensor([Int32(clamping: step)], shape: [])])[0]
    }
    return (Self.batches * Self.batch, Double(try result.values(as: Float.self)[0]))
  }
}
