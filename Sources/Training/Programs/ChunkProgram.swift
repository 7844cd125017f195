import PJRT

/// Several training steps as one compiled loop, with the data set resident and the state's memory reused.
struct ChunkProgram {
  let steps: Int
  private let program: Program
  private let state: TrainingState
  /// Numbers in which the members' methods differ, one value per member.
  private let settings: [Tensor]
  private let spread: MemberSpread

  /// - Parameters:
  ///   - tracers: several members run along a leading axis of state, order, key and sums.
  ///   - state: for its paths and types.
  ///   - isPadded: whether the order ends with indices of -1, for examples of weight 0.
  ///   - spread: the devices that have members.
  init(
    _ tracers: Members<StepTracer>, state: TrainingState, data: ResidentData, steps: Int, isPadded: Bool,
    spread: MemberSpread
  ) throws {
    let plan = tracers.first.plan
    let batchSize = plan.batchSize
    self.steps = steps
    self.state = state
    self.spread = spread
    let count = state.tree.count
    let unified = try UnifiedStep(tracers, state: state, data: data, batchSize: batchSize, isPadded: isPadded)
    settings = try unified.settings.map { try Tensor.stack($0).evaluate() }
    // A part of streamed data comes with the order of its own examples.
    let partCount = StreamedEpoch.partCount(
      members: tracers.count, steps: steps, batchSize: batchSize, isPadded: isPadded)
    let part = data.stream?.types(count: partCount) ?? []
    let loop = PartialLoop(steps: steps, of: plan.stepsPerEpoch)
    let length = (part.isEmpty ? plan.stepsPerEpoch : loop.orderSteps) * batchSize
    let (scalar, order) = (TensorType(.int32, []), TensorType(.int32, [length]))
    let member = state.tree.types + [order, TensorType(.uint64, [2])] + unified.settings.map { $0[0].type }
    let types =
      (tracers.isSingle ? member : member.map { TensorType($0.dtype, $0.shape.prepending(spread.share)) })
      + [scalar, scalar] + part
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let (indices, key) = (arguments[count], Key(state: arguments[count + 1]))
      let own = Array(arguments[(count + 2)..<member.count])
      let (firstStep, firstBatch) = (arguments[member.count], arguments[member.count + 1])
      let data =
        part.isEmpty ? data : data.part(inputs: arguments[member.count + 2], targets: arguments[member.count + 3])
      let looped = loop(carry: Array(arguments.prefix(count)), first: firstBatch) { carry, number in
        let start = (firstBatch + number) * Double(batchSize)
        let rows = tracers.first.devices.own(from: start, count: batchSize)
        let chosen = indices.rows(from: rows.start, count: rows.count)
        let next = unified(
          carry, StepExamples(data, at: chosen, isPadded: isPadded), step: firstStep + number, key: key, settings: own)
        return (next.state, [next.sums])
      }
      return looped.carry + looped.outputs
    }
    let axes = member.map { _ in tracers.isSingle ? nil : 0 } + [nil, nil] + part.map { _ in nil }
    let body = tracers.isSingle ? run : vectorized(over: axes, run)
    program = try Program(
      types, aliases: Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, $0) }),
      devices: tracers.first.devices?.count ?? spread.devices, body)
  }

  /// The memory that the program takes, the resident data included.
  func memoryUse() throws -> MemoryUse { try program.memoryUse() }

  /// Runs the steps, taking over the memory of `state`.
  /// - Parameters:
  ///   - order: of the epoch, or of the part's examples.
  ///   - part: inputs and targets of streamed data.
  /// - Returns: the new state, and a row of sums and counts per step, still being computed. Members that are spread over
  ///   devices have their state there.
  func callAsFunction(
    _ state: TrainingState, order: Tensor, firstStep: Int, firstBatch: Int, key: Tensor, part: [Tensor] = []
  ) throws -> (state: TrainingState, sums: Tensor) {
    let scalars = [firstStep, firstBatch].map { Tensor([Int32(clamping: $0)], shape: []) }
    let results = try program(spread.spread(state.tree.tensors + [order, key] + settings) + scalars + part)
    return (
      TrainingState(tree: state.tree.with(results.dropLast())), try spread.joined([results[results.count - 1]])[0]
    )
  }
}

/// A training step for members whose methods may differ in numbers: each such number is an argument.
private struct UnifiedStep {
  /// The numbers that differ: one scalar per member each. Empty for a single member.
  let settings: [[Tensor]]
  private let tracers: Members<StepTracer>
  private let tree: TensorTree

  /// - Throws: ``TrainingError/differentMethods`` if the methods differ in more than numbers.
  init(
    _ tracers: Members<StepTracer>, state: TrainingState, data: ResidentData, batchSize: Int, isPadded: Bool
  ) throws(TrainingError) {
    (self.tracers, tree) = (tracers, state.tree)
    guard !tracers.isSingle else {
      settings = []
      return
    }
    let unification = Self.unification(
      tracers, state.tree, StepExamples(zerosOf: data, count: batchSize, isPadded: isPadded),
      step: .zeros([], dtype: .int32), key: Key(seed: 0))
    guard let unification else { throw .differentMethods }
    settings = unification.constants.map { $0.map { Tensor($0) } }
  }

  /// - Parameters:
  ///   - state: the tensors of the members' state.
  ///   - settings: one value for each of ``settings``.
  func callAsFunction(
    _ state: [Tensor], _ examples: StepExamples, step: Tensor, key: Key, settings: [Tensor]
  ) -> (state: [Tensor], sums: Tensor) {
    let own = tree.with(state)
    if tracers.isSingle {
      let next = tracers.first(TrainingState(tree: own), examples, step: step, key: key)
      return (next.state.tree.tensors, next.sums)
    }
    let unification = Self.unification(tracers, own, examples, step: step, key: key)
    let results = unification?(settings) ?? []
    return (results.dropLast(), results.last ?? step)
  }

  private static func unification(
    _ tracers: Members<StepTracer>, _ tree: TensorTree, _ examples: StepExamples, step: Tensor, key: Key
  ) -> Unification? {
    Unification(
      tracers.all.map {
        let next = $0(TrainingState(tree: tree), examples, step: step, key: key)
        return next.state.tree.tensors + [next.sums]
      })
  }
}
