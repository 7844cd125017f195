import Tanren

/// `convolution-…`: one pass of a convolution 3 x 3 with edges, batch 128. The result takes over the last one's
/// memory, so that it isn't cleared by the system.
final class ConvolutionRounds: BenchRounds {
  enum Pass: String {
    case forward
    case input = "input-gradient"
    case kernel = "kernel-gradient"
  }

  private static let passes = 10
  private let program: Program
  private let inputs: [Tensor]
  private var result: Tensor

  init(side: Int, channels: Int, pass: Pass, on engine: Engine) throws {
    var generator = NumPyRandomState(seed: 3)
    func array(_ shape: [Int]) throws -> Tensor {
      let values = generator.randn(shape.reduce(1, *)).map { Float($0) }
      return Tensor(try engine.buffer(HostArray(values, shape: shape)))
    }
    let image = try array([128, side, side, channels])
    let kernel = try array([3, 3, channels, channels])
    let cotangent = try array([128, side, side, channels])
    inputs = [image, kernel, cotangent]
    result = try array(Array((pass == .kernel ? kernel : image).shape))
    program = try Program((inputs + [result]).map(\.type), aliases: [3: 0], on: engine) { arguments in
      let value = arguments[0].conv2D(arguments[1], padding: .same)
      switch pass {
      case .forward: return [value]
      case .input: return pullback(of: [value], cotangents: [arguments[2]], at: [arguments[0]])
      case .kernel: return pullback(of: [value], cotangents: [arguments[2]], at: [arguments[1]])
      }
    }
  }

  func round() throws -> (units: Int, loss: Double) {
    for _ in 0..<Self.passes { result = try program(inputs + [result])[0] }
    return (Self.passes, Double(try result[0].values(as: Float.self)[0]))
  }
}

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
