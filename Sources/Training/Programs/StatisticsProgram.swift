/// Estimates the running statistics of averaged parameters: one pass over the training data in training mode, without
/// gradients or augmentation, in which all batches count equally (PyTorch's `update_bn`).
struct StatisticsProgram {
  private enum Way {
    case whole(Program)
    /// Programs by the number of batches of a part.
    case streamed(ExampleStream, [Int: Program], lengths: [Int])
  }

  private let way: Way
  private let batchSize: Int
  private let members: Int
  /// How many devices share each batch.
  private let devices: Int

  /// - Parameters:
  ///   - setups: several members run along a leading axis; they may differ only in numbers that aren't used here.
  ///   - state: for its paths and types.
  ///   - length: of streamed data how many batches a part has.
  ///   - axis: the devices that share each batch; nil for one.
  init(
    _ setups: Members<Setup>, state: TrainingState, data: ResidentData, plan: FitPlan, length: Int,
    over axis: DeviceAxis?
  ) throws {
    let setup = setups.first
    let (model, method, precision, batchSize) = (setup.model, setup.method, setup.precision, plan.batchSize)
    (self.batchSize, members, devices) = (batchSize, setups.count, axis?.count ?? 1)
    let count = state.tree.count
    /// - Parameter firstBatch: nil for 0.
    func pass(
      _ own: TrainingState, _ carry: [Tensor], _ data: ResidentData, batches: Int, from firstBatch: Tensor?,
      order: Tensor, key: Key
    ) -> [Tensor] {
      let parameters = own.variables(method).parameters
      let loop = PartialLoop(steps: batches, of: data.count / batchSize)
      return loop(carry: carry, first: firstBatch) { carry, step in
        let number = firstBatch.map { $0 + step } ?? step
        let rows = axis.own(from: step * Double(batchSize), count: batchSize)
        let chosen = order.rows(from: rows.start, count: rows.count)
        let x = method.preprocessing(data.inputs.take(chosen), dtype: precision.computation)
        let variables = ModelVariables(parameters: parameters, state: own.modelState.with(carry))
        let share = 1 / (number.cast(to: .float32) + 1)
        let result = model.apply(
          variables, to: x, isTraining: true, key: key.folding(number), precision: precision,
          statisticsShare: share, isFrozen: method.isStateFrozen, devices: axis,
          normalizationGroups: method.normalizationGroups)
        return (result.state.tensors, [])
      }.carry
    }
    func own(_ arguments: [Tensor]) -> TrainingState {
      TrainingState(tree: state.tree.with(arguments.prefix(count)))
    }
    func stacked(_ types: [TensorType]) -> [TensorType] {
      setups.isSingle ? types : types.map { TensorType($0.dtype, $0.shape.prepending(setups.count)) }
    }
    let batches = data.count / batchSize
    guard let stream = data.stream else {
      func run(_ arguments: [Tensor]) -> [Tensor] {
        let (own, key) = (own(arguments), Key(state: arguments[count + 1]).derived("statistics"))
        return pass(
          own, own.modelState.tensors, data, batches: batches, from: nil, order: arguments[count], key: key)
      }
      let order = TensorType(.int32, [plan.stepsPerEpoch * batchSize])
      let types = stacked(state.tree.types + [order, TensorType(.uint64, [2])])
      way = .whole(try Program(types, devices: devices, setups.isSingle ? run : vectorized(run)))
      return
    }
    let lengths = PartialLoop.lengths(length, from: 0, to: batches)
    let carry = state.modelState.types
    var programs: [Int: Program] = [:]
    for length in Set(lengths) {
      let examples = stream.types(
        count: StreamedEpoch.partCount(members: setups.count, steps: length, batchSize: batchSize, isPadded: false))
      let order = TensorType(.int32, [PartialLoop(steps: length, of: batches).orderSteps * batchSize])
      let separate = state.tree.types + carry + [order, TensorType(.uint64, [2])]
      let shared = [TensorType(.int32, [])] + examples
      func run(_ arguments: [Tensor]) -> [Tensor] {
        let rest = Array(arguments.dropFirst(separate.count))
        return pass(
          own(arguments), Array(arguments[count..<count + carry.count]),
          data.part(inputs: rest[1], targets: rest[2]), batches: length, from: rest[0],
          order: arguments[separate.count - 2], key: Key(state: arguments[separate.count - 1]).derived("statistics"))
      }
      let axes: [Int?] = separate.map { _ in 0 } + shared.map { _ in nil }
      programs[length] = try Program(
        stacked(separate) + shared, devices: devices, setups.isSingle ? run : vectorized(over: axes, run))
    }
    way = .streamed(stream, programs, lengths: lengths)
  }

  /// The state with the statistics that the averaged parameters are evaluated with.
  func callAsFunction(_ state: TrainingState, order: Tensor, key: Tensor) throws -> TrainingState {
    let estimated: [Tensor]
    switch way {
    case .whole(let program): estimated = try program(state.tree.tensors + [order, key])
    case .streamed(let stream, let programs, let lengths):
      let epoch = try StreamedEpoch(
        stream, order: order, members: members, batchSize: batchSize, lengths: lengths, of: lengths.reduce(0, +),
        from: 0, isPadded: false, devices: devices)
      var (carry, done) = (state.modelState.tensors, 0)
      for length in lengths {
        guard let program = programs[length] else { continue }
        let part = try epoch.next()
        let first = Tensor([Int32(clamping: done)], shape: [])
        carry = try program(state.tree.tensors + carry + [part.order, key, first] + part.examples)
        done += length
      }
      estimated = carry
    }
    let statistics = state.averagedState.with(estimated)
    return TrainingState(tree: state.tree.merging(statistics.nested(under: TrainingState.averagedStateName)))
  }
}
