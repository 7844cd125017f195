/// Loss and metrics over a data set that is read part by part. The rows of all batches are added up at the end, as a
/// resident data set's are, so the numbers are the same.
struct StreamedEvaluation {
  private let stream: ExampleStream
  /// The indices of each part's examples, batch by batch.
  private let parts: [[Int]]
  /// How many examples the programs of each part take.
  private let counts: [Int]
  private let batch: Int
  /// The axis of the batches' rows: 1 for several members.
  private let axis: Int
  /// How many devices share each batch.
  private let devices: Int
  /// By their number of batches.
  private let programs: [Int: Program]
  /// nil for data in one part.
  private let summary: Program?

  /// - Parameters:
  ///   - setups: several members are evaluated along a leading axis of state and rows; they share the parts.
  ///   - devices: those that share each batch, and divide it evenly; nil for one.
  /// - Throws: ``TrainingError/differentMethods`` if the members aren't evaluated in the same way.
  init(
    _ setups: Members<Setup>, state: TrainingState, stream: ExampleStream, batchSize: Int, plan: FitPlan,
    over devices: DeviceAxis?
  ) throws {
    self.stream = stream
    let count = stream.count
    let batch = Swift.min(batchSize, count)
    let batches = (count + batch - 1) / batch
    self.batch = batch
    axis = setups.isSingle ? 0 : 1
    self.devices = devices?.count ?? 1
    let length = try Swift.min(batches, stream.batches(of: batch, devices: self.devices))
    let starts = Array(stride(from: 0, to: batches, by: length))
    // The last batch starts earlier so that it is full, and counts only the examples not seen yet.
    let parts = starts.map { start in
      (start..<Swift.min(start + length, batches)).flatMap { number in
        let first = Swift.min(number * batch, count - batch)
        return first..<first + batch
      }
    }
    self.parts = parts
    counts = parts.map { PartialLoop(steps: $0.count / batch, of: batches).exampleCount(of: batch) }
    let scalar = TensorType(.int32, [])
    let states = state.tree
    let collects = !setups.first.method.collectedMetrics.isEmpty
    func evaluation(_ setup: Setup, of size: Int) -> ([Tensor]) -> [Tensor] {
      { arguments in
        let rest = Array(arguments.dropFirst(states.count))
        let (firstBatch, inputs, targets) = (rest[1], rest[2], rest[3])
        let variables = TrainingState(tree: states.with(arguments.prefix(states.count))).variables(setup.method)
        let loss = setup.method.loss.scheduled(at: plan.progress(at: rest[0]))
        let loop = PartialLoop(steps: size, of: batches)
        let looped = loop(carry: [], first: firstBatch) { _, number in
          let place = devices.own(from: number * Double(batch), count: batch)
          let start = (firstBatch + number) * Double(batch)
          let own = devices.own(from: start.minimum(Double(count - batch)), count: batch)
          let weights = batches * batch == count ? nil : (Tensor.iota([own.count]) + own.start) .>= start
          let (row, outputs) = EvaluationProgram.row(
            setup, variables, loss, inputs: inputs.rows(from: place.start, count: place.count),
            targets: targets.rows(from: place.start, count: place.count), weights: weights, over: devices)
          return ([], collects ? [row, devices?.gather(outputs) ?? outputs] : [row])
        }
        // In one program, as resident data: XLA divides by a number of examples that it knows in another way.
        let rows = looped.outputs.prefix(1)
        return (parts.count == 1 ? rows.map { EvaluationProgram.summary($0, loss) } : Array(rows))
          + looped.outputs.dropFirst()
      }
    }
    var programs: [Int: Program] = [:]
    for size in Set(parts.map { $0.count / batch }) {
      programs[size] = try EvaluationProgram.program(
        setups.map { evaluation($0, of: size) }, of: state,
        with: [scalar, scalar] + stream.types(count: PartialLoop(steps: size, of: batches).exampleCount(of: batch)),
        devices: self.devices)
    }
    self.programs = programs
    guard parts.count > 1, let rows = programs.values.first?.results.first else {
      summary = nil
      return
    }
    let loss = setups.first.method.loss
    func summarized(_ arguments: [Tensor]) -> [Tensor] {
      [EvaluationProgram.summary(arguments[0], loss.scheduled(at: plan.progress(at: arguments[1])))]
    }
    let types = [TensorType(rows.dtype, Shape(rows.shape.dropLast(2) + [batches, rows.shape.last])), scalar]
    summary = try Program(types, setups.isSingle ? summarized : vectorized(over: [0, nil], summarized))
  }

  /// A row of sums over the data set, and the outputs of each part if a metric needs them.
  func callAsFunction(_ state: TrainingState, step: Tensor) throws -> (row: Tensor, outputs: [Tensor]) {
    let reader = StreamedParts(stream, parts, counts: counts, devices: devices)
    var (rows, outputs): ([Tensor], [Tensor]) = ([], [])
    var firstBatch = 0
    let spread = try state.tree.tensors.map { try $0.onDevices(devices) }
    for part in parts {
      let size = part.count / batch
      guard let program = programs[size] else { continue }
      let first = Tensor([Int32(clamping: firstBatch)], shape: [])
      let results = try program(spread + [step, first] + reader.next())
      rows.append(results[0])
      outputs += results.dropFirst()
      firstBatch += size
    }
    guard let summary else { return (rows[0], outputs) }
    return (try summary([Tensor.concatenate(rows, axis: axis).evaluate(), step])[0], outputs)
  }
}
