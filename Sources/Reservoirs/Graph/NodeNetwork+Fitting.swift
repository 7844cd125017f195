import OrderedCollections

/// Learning the readouts.
extension NodeNetwork {
  /// Runs over a series and computes each readout, in one regression over all steps after the washout.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a graph without ``Input``.
  ///   - teacher: the target after each step, `[steps, outputs]` or `[sequences, steps, outputs]`, of all readouts.
  ///   - washout: steps at the start of each sequence that nothing is learned from; at rest at least those in which delayed
  ///     values are missing.
  ///   - memory: bytes that what readouts learn from may take. A longer series runs through in stretches, of which only sums
  ///     are kept, where all readouts can learn from sums: `ridge`, `cholesky`, `pinv` and `ridgePerOutput`. It runs
  ///     through twice then.
  /// - Returns: what each readout learned, by its node's name.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, memory: Int = 1 << 29
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    try fit(inputs: inputs, teachers: teachers(teacher), washout: washout, memory: memory)
  }

  /// As ``fit(inputs:teacher:washout:memory:)``, with targets for each readout by its node's name.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teachers: [String: Tensor], washout: Int = 0, memory: Int = 1 << 29
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    let targets = try targets(teachers)
    var network = self
    let fits: OrderedDictionary<String, ReadoutFit>
    if feedsBackOutputs {
      fits = try network.fitStepByStep(inputs, targets, washout: washout)
    } else if let stretch = stretch(of: targets, memory: memory) {
      fits = try network.fitInStretches(inputs, targets, washout: washout, stretch: stretch)
    } else {
      let call = try network.fitCall(inputs, targets, washout: washout)
      fits = try network.perform(call)
    }
    self = network
    return fits
  }

  private var readoutNames: [String] { readoutPlaces.map { parts[$0].name } }

  /// One teacher for all readouts.
  func teachers(_ teacher: Tensor) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: readoutNames.map { ($0, teacher) })
  }

  func targets(_ teachers: [String: Tensor]) throws -> [Int: SequenceBatch] {
    guard !readoutPlaces.isEmpty else {
      throw ReservoirError.graph("it has no readout to fit: end it with one, '>>> RidgeRegression()'")
    }
    if let other = teachers.keys.sorted().first(where: { !readoutNames.contains($0) }) {
      throw ReservoirError.graph("it has no readout '\(other)', but \(readoutNames.joined(separator: ", "))")
    }
    return try Dictionary(
      uniqueKeysWithValues: readoutPlaces.map { place in
        guard let teacher = teachers[parts[place].name] else {
          throw ReservoirError.graph("there is no teacher for its readout '\(parts[place].name)'")
        }
        return (place, try targets(teacher, of: place))
      })
  }

  /// - Returns: the steps that nothing is learned from.
  func checked(washout: Int, of steps: Int) throws(ReservoirError) -> Int {
    let missing = isAtRest ? parts.compactMap { $0.unit?.firstStep }.max() ?? 0 : 0
    guard washout >= 0, max(washout, missing) < steps else {
      throw .washout(steps: max(washout, missing), length: steps)
    }
    return max(washout, missing)
  }

  /// A run from which all readouts learn at once.
  mutating func fitCall(_ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int) throws -> FitCall {
    let washout = try checked(washout: washout, of: targets.values.first?.steps ?? 0)
    let (drive, first) = try drive(inputs, forced: targets)
    return FitCall(
      drive: drive, like: first, targets: targets, washout: washout, wanted: readPlaces,
      bytes: drive.steps * bytesOfAStep(drive.sequences))
  }

  /// Whether the regressions of all readouts can be a part of the program that runs.
  func areTraced(_ call: FitCall) -> Bool {
    readoutPlaces.allSatisfy { place in
      guard let rule = parts[place].rule else { return false }
      let (numbers, patches) = (numbersRead(by: place), parts[place].patches)
      let rows = call.drive.sequences * (call.drive.steps - call.washout) * patches
      return rule.traced(
        .zeros([rows, numbers / patches], dtype: dtype), .zeros([rows, parts[place].width / patches], dtype: dtype),
        penalties: .zeros([1], dtype: .float64)) != nil
    }
  }

  /// Parts that readouts learn from.
  var readPlaces: [Int] { Set(readoutPlaces.flatMap { parts[$0].sources }).sorted() }

  /// Bytes of what readouts learn from in a step.
  func bytesOfAStep(_ sequences: Int) -> Int {
    sequences * dtype.byteCount * readPlaces.reduce(0) { $0 + parts[$1].width }
  }

  /// What a readout is to learn, of what the parts that it reads put out.
  func problem(at place: Int, _ target: SequenceBatch, _ outputs: [Int: Tensor], washout: Int) -> NodeProblem {
    NodeProblem(
      read: joined(place) { outputs[$0] ?? target.tensor }, base: parts[place].adds.flatMap { outputs[$0] },
      target: target.tensor, patches: parts[place].patches, washout: washout)
  }

  /// What a readout puts out on what it learned from, and the root of its mean squared error over the targets' deviation.
  func score(_ problem: NodeProblem, at place: Int) -> [Tensor] {
    let outputs = readOut(place, problem.read, base: problem.base)
    return [outputs, outputs.nrmse(of: problem.target, patches: parts[place].patches)]
  }

  func fit(of problem: NodeProblem, at place: Int, lambda: Double, like first: SequenceBatch) throws -> ReadoutFit {
    let results = try Tensor.evaluate(score(problem, at: place))
    return ReadoutFit(lambda: lambda, nrmse: try results[1].scalar(), outputs: first.like(results[0]))
  }

  /// A run over a series from rest with a teacher, from which nothing is learned.
  /// - Returns: what the last readout makes of it.
  mutating func score(_ inputs: Tensor?, teacher: Tensor, washout: Int) throws -> ReadoutFit {
    guard let place = readoutPlaces.last, readoutPlaces.allSatisfy(isFitted) else { throw ReservoirError.notFitted }
    var network = self
    try network.reset()
    let targets = try network.targets(teachers(teacher))
    let call = try network.fitCall(inputs, targets, washout: washout)
    let run = network.run(call.drive, wanted: call.wanted)
    let computed = try Tensor.evaluate(run.outputs + run.states)
    let outputs = Dictionary(uniqueKeysWithValues: zip(call.wanted, computed))
    let problem = network.problem(
      at: place, targets[place] ?? call.like, outputs, washout: call.washout)
    let fit = try network.fit(of: problem, at: place, lambda: parts[place].rule?.penalty ?? 0, like: call.like)
    network.moved(to: Array(computed.dropFirst(call.wanted.count)), last: network.lastTarget(targets))
    self = network
    return fit
  }

  /// What stands for the network's last output after it was given a teacher.
  func lastTarget(_ targets: [Int: SequenceBatch]) -> Tensor? {
    graph.ends.count == 1 ? targets[graph.ends[0]].flatMap { try? $0.tensor.lastStep.evaluate() } : nil
  }
}
