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
  /// - Throws: ``TrainingError/differentMethods`` if the members aren't evaluated in the same way.
  init(
    _ setups: Members<Setup>, state: TrainingState, data: ResidentData, batchSize: Int, plan: FitPlan
  ) throws {
    if let stream = data.stream {
      guard setups.isSingle else { throw TrainingError.needsDataInMemory(feature: "training several trainers as one") }
      way = .streamed(
        try StreamedEvaluation(setups.first, state: state, stream: stream, batchSize: batchSize, plan: plan))
      return
    }
    let types = state.tree.types + [TensorType(.int32, [])]
    let evaluations = setups.map { Self.evaluation($0, state, data, batchSize: batchSize, plan) }
    if evaluations.isSingle {
      way = .whole(try Program(types, evaluations.first))
      return
    }
    let placeholders = types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
    guard let same = Unification(evaluations.all.map { $0(placeholders) }), same.constants.isEmpty else {
      throw TrainingError.differentMethods
    }
    let members = types.dropLast().map { TensorType($0.dtype, $0.shape.prepending(setups.count)) }
    let axes: [Int?] = members.map { _ in 0 } + [nil]
    way = .whole(try Program(members + types.suffix(1), vectorized(over: axes, evaluations.first)))
  }

  private static func evaluation(
    _ setup: Setup, _ state: TrainingState, _ data: ResidentData, batchSize: Int, _ plan: FitPlan
  ) -> ([Tensor]) -> [Tensor] {
    let method = setup.method
    let batch = Swift.min(batchSize, data.count)
    let batches = (data.count + batch - 1) / batch
    return { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments.dropLast())).variables(method.averaging)
      let loss = method.loss.scheduled(at: plan.progress(at: arguments[arguments.count - 1]))
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier so that it is full, and counts only the examples not seen yet.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let weights = batches * batch == data.count ? nil : (Tensor.iota([batch]) + first) .>= start
        let row = Self.row(
          setup, variables, loss, inputs: data.inputs.rows(from: first, count: batch),
          targets: data.targets.rows(from: first, count: batch), weights: weights)
        return ([], [row])
      }
      return looped.outputs.map { Self.summary($0, loss) }
    }
  }

  /// A batch's row of sums.
  static func row(
    _ setup: Setup, _ variables: ModelVariables, _ loss: any Loss, inputs: Tensor,
    targets: @autoclosure () -> Tensor, weights: Tensor?
  ) -> Tensor {
    let (method, precision) = (setup.method, setup.precision)
    let x = method.preprocessing(inputs, dtype: precision.computation)
    let targets = targets()
    let outputs = setup.model.apply(variables, to: x, precision: precision).output.upcast
    let total = loss.total(outputs, targets, weights: weights)
    return method.row(lossSum: total.sum, count: total.count, method.sums(outputs, targets, weights))
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

  /// A row of sums over the data set.
  /// - Parameter step: number of updates before the one whose schedules apply.
  func callAsFunction(_ state: TrainingState, step: Int) throws -> Tensor {
    let step = Tensor([Int32(clamping: step)], shape: [])
    return switch way {
    case .whole(let program): try program(state.tree.tensors + [step])[0]
    case .streamed(let evaluation): try evaluation(state, step: step)[0]
    }
  }
}
