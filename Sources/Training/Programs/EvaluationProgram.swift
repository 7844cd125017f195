/// Loss and metrics over a data set, batch by batch in one compiled loop.
struct EvaluationProgram {
  private enum Way {
    case whole(Program)
    case streamed(StreamedEvaluation)
  }

  private let way: Way

  /// - Parameters:
  ///   - setups: several members are evaluated along a leading axis of state and rows.
  ///   - state: for its paths and types.
  ///   - data: already checked, with at least one example.
  ///   - plan: what schedules depend on.
  ///   - devices: those that a batch is spread over if they divide it evenly. Otherwise the first one has all of it.
  /// - Throws: ``TrainingError/differentMethods`` if the members aren't evaluated in the same way.
  init(
    _ setups: Members<Setup>, state: TrainingState, data: ResidentData, batchSize: Int, plan: FitPlan,
    devices: DeviceAxis? = nil
  ) throws {
    let devices = devices.dividing(Swift.min(batchSize, data.count))
    if let stream = data.stream {
      way = .streamed(
        try StreamedEvaluation(
          setups, state: state, stream: stream, batchSize: batchSize, plan: plan, over: devices))
      return
    }
    let evaluations = setups.map { Self.evaluation($0, state, data, batchSize: batchSize, plan, over: devices) }
    way = .whole(
      try Self.program(evaluations, of: state, with: [TensorType(.int32, [])], devices: devices?.count ?? 1))
  }

  /// The program of what the members do alike: with one state each, and arguments that they share.
  static func program(
    _ members: Members<([Tensor]) -> [Tensor]>, of state: TrainingState, with shared: [TensorType], devices: Int = 1
  ) throws -> Program {
    let types = state.tree.types + shared
    if members.isSingle { return try Program(types, devices: devices, members.first) }
    let placeholders = types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
    guard let same = Unification(members.all.map { $0(placeholders) }), same.constants.isEmpty else {
      throw TrainingError.differentMethods
    }
    let own = state.tree.types.map { TensorType($0.dtype, $0.shape.prepending(members.count)) }
    let axes: [Int?] = own.map { _ in 0 } + shared.map { _ in nil }
    return try Program(own + shared, devices: devices, vectorized(over: axes, members.first))
  }

  private static func evaluation(
    _ setup: Setup, _ state: TrainingState, _ data: ResidentData, batchSize: Int, _ plan: FitPlan,
    over devices: DeviceAxis?
  ) -> ([Tensor]) -> [Tensor] {
    let method = setup.method
    let batch = Swift.min(batchSize, data.count)
    let batches = (data.count + batch - 1) / batch
    let collects = !method.collectedMetrics.isEmpty
    return { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments.dropLast())).variables(method)
      let loss = method.loss.scheduled(at: plan.progress(at: arguments[arguments.count - 1]))
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier so that it is full, and counts only the examples not seen yet.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let own = devices.own(from: first, count: batch)
        let weights = batches * batch == data.count ? nil : (Tensor.iota([own.count]) + own.start) .>= start
        let (row, outputs) = Self.row(
          setup, variables, loss, inputs: data.inputs.rows(from: own.start, count: own.count),
          targets: data.targets.rows(from: own.start, count: own.count), weights: weights, over: devices)
        return ([], collects ? [row, devices?.gather(outputs) ?? outputs] : [row])
      }
      return looped.outputs.prefix(1).map { Self.summary($0, loss) } + looped.outputs.dropFirst()
    }
  }

  /// A batch's row of sums, and the model's outputs, which are this device's.
  static func row(
    _ setup: Setup, _ variables: ModelVariables, _ loss: any Loss, inputs: Tensor,
    targets: @autoclosure () -> Tensor, weights: Tensor?, over devices: DeviceAxis? = nil
  ) -> (row: Tensor, outputs: Tensor) {
    let (method, precision) = (setup.method, setup.precision)
    let x = method.preprocessing(inputs, dtype: precision.computation)
    let targets = targets()
    let outputs = setup.model.apply(variables, to: x, precision: precision).output.upcast
    let total = loss.total(outputs, targets, weights: weights)
    let row = method.row(lossSum: total.sum, count: total.count, method.sums(outputs, targets, weights))
    return (devices.sum([row])[0], outputs)
  }

  /// The row of a data set from those of its batches. The loss's modifiers see the sum over the whole data set: a flooded
  /// mean isn't the mean of flooded batches.
  static func summary(_ rows: Tensor, _ loss: any Loss) -> Tensor {
    // A model that doesn't fit the data gives no rows to take apart.
    if rows.diagnostic != nil { return rows }
    let totals = rows.sum([0])
    if totals.diagnostic != nil { return totals }
    let value = loss.value(sum: totals[0], count: totals[1], penalty: nil).evaluated
    return Tensor.concatenate([
      value.expand(at: 0), Tensor(1, dtype: value.dtype).expand(at: 0), totals.slice(2..<totals.shape[0]),
    ])
  }

  /// A row of sums over the data set; with it, if a metric needs them, the outputs of all batches: those of streamed data
  /// part by part, `[batches, batch, …]` each, of several members along a leading axis.
  /// - Parameter step: number of updates before the one whose schedules apply.
  func callAsFunction(_ state: TrainingState, step: Int) throws -> (row: Tensor, outputs: [Tensor]) {
    let step = Tensor([Int32(clamping: step)], shape: [])
    switch way {
    case .whole(let program):
      let results = try program(state.tree.tensors + [step])
      return (results[0], Array(results.dropFirst()))
    case .streamed(let evaluation): return try evaluation(state, step: step)
    }
  }
}

/// The metrics of a data set that need the outputs of all its examples at once.
struct OutputCollector {
  private let metrics: [(name: String, metric: any CollectedMetric)]
  private let targets: [Double]
  private let count: Int
  private let width: Int
  /// Numbers that the last batch repeats, since it starts earlier so that it is full.
  private let repeated: (start: Int, end: Int)

  /// A collector per member; none if no metric needs one.
  static func all(
    _ setups: Members<Setup>, _ data: ResidentData, batchSize: Int
  ) throws -> [OutputCollector] {
    guard !setups.first.method.collectedMetrics.isEmpty else { return [] }
    let targets = try data.targets.cast(to: .float64).values(as: Double.self)
    return setups.all.map { OutputCollector($0, data, targets, batchSize: batchSize) }
  }

  private init(_ setup: Setup, _ data: ResidentData, _ targets: [Double], batchSize: Int) {
    (metrics, self.targets, count) = (setup.method.collectedMetrics, targets, data.count)
    let outputs = setup.outputType.shape
    width = outputs.rank > 1 ? outputs.last : 1
    let (batch, example) = (Swift.min(batchSize, data.count), outputs.elementCount)
    let batches = (data.count + batch - 1) / batch
    let start = (batches - 1) * batch
    repeated = (start * example, (start + batches * batch - data.count) * example)
  }

  /// The metrics of each member.
  /// - Parameter outputs: parts, `[batches, batch, …]` each, of several members along a leading axis.
  static func values(
    _ collectors: [OutputCollector], of outputs: [Tensor]
  ) throws -> [[(name: String, value: Double)]] {
    guard !outputs.isEmpty, !collectors.isEmpty else { return [] }
    var numbers = collectors.map { _ in [Double]() }
    for part in outputs {
      let all = try part.cast(to: .float64).values(as: Double.self)
      let share = all.count / collectors.count
      for index in collectors.indices { numbers[index] += all[index * share..<(index + 1) * share] }
    }
    return zip(collectors, numbers).map { $0.values($1) }
  }

  private func values(_ numbers: [Double]) -> [(name: String, value: Double)] {
    let own = CollectedOutputs(
      outputs: Array(numbers[..<repeated.start] + numbers[repeated.end...]), targets: targets, width: width)
    return metrics.map { ($0.name, $0.metric.value(of: own)) }
  }
}
