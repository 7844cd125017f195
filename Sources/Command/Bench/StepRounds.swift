import Tanren

/// The batches of one pass, an execution each: `mlp-step`, variant `step`.
final class StepRounds: BenchRounds {
  private let program: Program
  private let batches: [[Tensor]]
  private var parameters: [Tensor]

  init(_ data: LabeledArrays, on engine: Engine) throws {
    let model = try BenchModel(on: engine)
    program = try model.program(on: engine)
    parameters = model.parameters
    let (size, width) = (BenchModel.batch, BenchModel.units[0])
    let labels = try data.labels()
    batches = try (0..<data.count / size).map { index in
      let bytes = data.inputs.bytes[index * size * width..<(index + 1) * size * width]
      let inputs = try HostArray(bytes.map { Float($0) / 255 }, shape: [size, width])
      let targets = try HostArray(Array(labels[index * size..<(index + 1) * size]))
      return [Tensor(try engine.buffer(inputs)), Tensor(try engine.buffer(targets))]
    }
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss = Tensor(0)
    for batch in batches {
      let results = try program(parameters + batch)
      parameters = Array(results.dropLast())
      loss = results[results.count - 1]
    }
    return (batches.count, Double(try loss.values(as: Float.self)[0]))
  }
}
