import Tanren

/// `mlp-curve`: training steps of an MLP of any width, depth and batch on one random batch, an execution each.
final class CurveRounds: BenchRounds {
  private let program: Program
  private let batch: [Tensor]
  private let steps: Int
  private var parameters: [Tensor]

  /// - Parameter steps: of a round.
  init(width: Int, depth: Int, batch size: Int, steps: Int, on engine: Engine) throws {
    let model = try BenchModel(
      units: [BenchModel.units[0]] + Array(repeating: width, count: depth) + [10], batch: size, on: engine)
    program = try model.program(on: engine)
    (parameters, self.steps) = (model.parameters, steps)
    batch = try model.firstBatch().map { try $0.evaluate(on: engine) }
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss = Tensor(0)
    for _ in 0..<steps {
      let results = try program(parameters + batch)
      parameters = Array(results.dropLast())
      loss = results[results.count - 1]
    }
    return (steps, Double(try loss.values(as: Float.self)[0]))
  }
}

/// `wrn-compile`: a wide residual network of any depth and width 4, from its description to the loss of the first step, of
/// 16 images.
enum WideCompilation {
  static func loss(depth: Int) throws -> Double {
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.01)) { $0.metrics = [] }
    let pixels = (0..<16 * 32 * 32 * 3).map { Float($0 % 251) / 251 }
    let data = try LabeledArrays(
      inputs: HostArray(pixels, shape: [16, 32, 32, 3]), targets: HostArray((0..<16).map { Int32($0 % 10) }),
      classCount: 10)
    let trainer = try Trainer(
      model: WideResNet(depth: depth, width: 4, outputs: 10), method: method, inputs: data.inputs)
    return try trainer.fit(data, epochs: 1, batchSize: 16).epochs.last?["loss"] ?? .nan
  }
}
