/// Loss and metrics over a data set that is read part by part. The rows of all batches are added up at the end, as a
/// resident data set's are, so the numbers are the same.
struct StreamedEvaluation {
  private let stream: ExampleStream
  /// The indices of each part's examples, batch by batch.
  private let parts: [[Int]]
  private let batch: Int
  /// By their number of batches.
  private let programs: [Int: Program]
  /// nil for data in one part.
  private let summary: Program?

  init(
    _ setup: Setup, state: TrainingState, stream: ExampleStream, batchSize: Int, plan: FitPlan
  ) throws {
    self.stream = stream
    let count = stream.data.count
    let batch = Swift.min(batchSize, count)
    let batches = (count + batch - 1) / batch
    self.batch = batch
    let length = try Swift.min(batches, stream.batches(of: batch))
    let starts = Array(stride(from: 0, to: batches, by: length))
    // The last batch starts earlier so that it is full, and counts only the examples not seen yet.
    let parts = starts.map { start in
      (start..<Swift.min(start + length, batches)).flatMap { number in
        let first = Swift.min(number * batch, count - batch)
        return first..<first + batch
      }
    }
    self.parts = parts
    let scalar = TensorType(.int32, [])
    var programs: [Int: Program] = [:]
    for size in Set(parts.map { $0.count / batch }) {
      programs[size] = try Program(state.tree.types + [scalar, scalar] + stream.types(count: size * batch)) {
        arguments in
        let rest = Array(arguments.dropFirst(state.tree.count))
        let (firstBatch, inputs, targets) = (rest[1], rest[2], rest[3])
        let variables = TrainingState(tree: state.tree.with(arguments.prefix(state.tree.count)))
          .variables(setup.method)
        let loss = setup.method.loss.scheduled(at: plan.progress(at: rest[0]))
        let looped = scan(carry: [], over: [Tensor.iota([size])]) { _, elements in
          let place = elements[0] * Double(batch)
          let start = (firstBatch + elements[0]) * Double(batch)
          let first = start.minimum(Double(count - batch))
          let weights = batches * batch == count ? nil : (Tensor.iota([batch]) + first) .>= start
          let row = EvaluationProgram.row(
            setup, variables, loss, inputs: inputs.rows(from: place, count: batch),
            targets: targets.rows(from: place, count: batch), weights: weights
          ).row
          return ([], [row])
        }
        // In one program, as resident data: XLA divides by a number of examples that it knows in another way.
        return parts.count == 1 ? looped.outputs.map { EvaluationProgram.summary($0, loss) } : looped.outputs
      }
    }
    self.programs = programs
    guard parts.count > 1 else {
      summary = nil
      return
    }
    let row = programs.values.first?.results.first?.shape.last ?? 0
    let dtype = programs.values.first?.results.first?.dtype ?? .float32
    summary = try Program([TensorType(dtype, [batches, row]), scalar]) { arguments in
      [EvaluationProgram.summary(arguments[0], setup.method.loss.scheduled(at: plan.progress(at: arguments[1])))]
    }
  }

  /// A row of sums over the data set.
  func callAsFunction(_ state: TrainingState, step: Tensor) throws -> [Tensor] {
    let reader = StreamedParts(stream, parts)
    var rows: [Tensor] = []
    var firstBatch = 0
    for part in parts {
      let size = part.count / batch
      guard let program = programs[size] else { continue }
      let first = Tensor([Int32(clamping: firstBatch)], shape: [])
      rows.append(try program(state.tree.tensors + [step, first] + reader.next())[0])
      firstBatch += size
    }
    guard let summary else { return rows }
    return try summary([Tensor.concatenate(rows).evaluate(), step])
  }
}
