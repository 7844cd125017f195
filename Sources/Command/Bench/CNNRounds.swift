import Tanren

/// `cnn-step`: training steps of two convolutions (32 and 64 features, 3 x 3, relu, pooled by 2) and a dense layer
/// on images 32 x 32 x 3, batch 100, SGD at rate 0.01, an execution each. The images are random.
final class CNNRounds: BenchRounds {
  private static let batch = 100
  private static let steps = 20
  private static let shapes: [Shape] = [[3, 3, 3, 32], [32], [3, 3, 32, 64], [64], [2304, 10], [10]]

  private let program: Program
  private let data: [Tensor]
  private var parameters: [Tensor]

  init(on engine: Engine) throws {
    var generator = NumPyRandomState(seed: 10)
    parameters = try Self.shapes.map { shape in
      let scale = shape.rank == 1 ? 0 : (2 / Double(shape.dropLast().reduce(1, *))).squareRoot()
      let values = generator.randn(shape.elementCount).map { Float($0 * scale) }
      return Tensor(try engine.buffer(HostArray(values, shape: Array(shape))))
    }
    let pixels = generator.randn(Self.batch * 32 * 32 * 3).map { Float($0) }
    let labels = (0..<Self.batch).map { Int32($0 % 10) }
    data = [
      Tensor(try engine.buffer(HostArray(pixels, shape: [Self.batch, 32, 32, 3]))),
      Tensor(try engine.buffer(HostArray(labels))),
    ]
    let aliases = Dictionary(uniqueKeysWithValues: Self.shapes.indices.map { ($0, $0) })
    program = try Program((parameters + data).map(\.type), aliases: aliases, on: engine) { arguments in
      let (images, labels) = (arguments[6], arguments[7])
      let (loss, gradients) = valueAndGradient(at: Array(arguments.prefix(6))) { point in
        Self.loss(point, images, labels)
      }
      return zip(arguments, gradients).map { $0 - $1 * 0.01 } + [loss]
    }
  }

  private static func loss(_ point: [Tensor], _ images: Tensor, _ labels: Tensor) -> Tensor {
    let first = (images.conv2D(point[0]) + point[1]).maximum(0).maxPool2D((2, 2))
    let second = (first.conv2D(point[2]) + point[3]).maximum(0).maxPool2D((2, 2))
    let output = second.reshape(to: [batch, 2304]).matmul(point[4]) + point[5]
    return SoftmaxCrossEntropy()(output, labels, weights: nil).objective
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss = Tensor(0)
    for _ in 0..<Self.steps {
      let results = try program(parameters + data)
      parameters = Array(results.dropLast())
      loss = results[results.count - 1]
    }
    return (Self.steps, Double(try loss.values(as: Float.self)[0]))
  }
}
