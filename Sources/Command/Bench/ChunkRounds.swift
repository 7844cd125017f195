import Tanren

/// The batches of one pass in one execution: `mlp-step`, variant `chunk`.
final class ChunkRounds: BenchRounds {
  private let program: Program
  private let batches: Int
  private let data: [Tensor]
  private var parameters: [Tensor]

  init(_ source: LabeledArrays, on engine: Engine) throws {
    let (size, width) = (BenchModel.batch, BenchModel.units[0])
    batches = source.count / size
    let inputs = try HostArray(source.inputs.bytes.map { Float($0) / 255 }, shape: [batches, size, width])
    let targets = try HostArray(source.labels(), shape: [batches, size])
    data = [Tensor(try engine.buffer(inputs)), Tensor(try engine.buffer(targets))]
    let model = try BenchModel(on: engine)
    parameters = model.parameters
    program = try model.program(over: data[0].type, data[1].type, on: engine)
  }

  func round() throws -> (units: Int, loss: Double) {
    let results = try program(parameters + data)
    parameters = Array(results.dropLast())
    return (batches, Double(try results[results.count - 1].values(as: Float.self)[0]))
  }
}
