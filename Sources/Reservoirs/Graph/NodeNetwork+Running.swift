import OrderedCollections

/// A series that runs through a network.
struct NetworkDrive {
  let sequences: Int
  let steps: Int
  /// `[sequences, steps, inputs]`; nil where there are none, or where they are what the network put out before.
  var inputs: Tensor?
  /// What parts send in the place of what they put out, `[sequences, steps, width]`, by parts.
  var forced: [Int: Tensor] = [:]
  /// `[sequences, steps, …]`, by parts.
  var noises: [Int: Tensor] = [:]
  /// What readouts that learn step by step shall put out, `[sequences, steps, width]`.
  var targets: [Tensor] = []
}

extension NodeNetwork {
  /// Runs over a series, from the states in which the network stands.
  /// - Parameter wanted: parts whose outputs are asked for.
  /// - Returns: those, `[sequences, steps, width]`, and the states after it, in the order of the parts.
  func run(_ drive: NetworkDrive, wanted: [Int]) -> (outputs: [Tensor], states: [Tensor]) {
    guard let order = NetworkPart.seriesOrder(of: parts, known: Set(drive.forced.keys)) else {
      return runStepByStep(drive, wanted: wanted)
    }
    var (outputs, states) = ([Int: Tensor](), self.states)
    func sent(_ place: Int) -> Tensor { drive.forced[place] ?? outputs[place] ?? Tensor(.nan, dtype: dtype) }
    for place in order where drive.forced[place] == nil || wanted.contains(place) {
      switch parts[place].role {
      case .input(let channels): outputs[place] = drive.inputs?.takingChannels(channels)
      case .delay(let steps):
        let all = Tensor.concatenate([states[place][0], joined(place, sent)], axis: 1)
        outputs[place] = all.slice(0..<drive.steps, axis: 1)
        states[place] = [all.slice(drive.steps..<drive.steps + steps, axis: 1)]
      case .unit(let unit):
        let run = unit.series(states[place], signals(place, noise: drive.noises[place], sent))
        (outputs[place], states[place]) = (run.output, run.state)
      case .readout: outputs[place] = readOut(place, joined(place, sent), base: parts[place].adds.map(sent))
      }
    }
    return (wanted.map { outputs[$0] ?? sent($0) }, states.flatMap(\.self))
  }

  /// The same in a loop over steps, for nodes that depend on each other.
  private func runStepByStep(_ drive: NetworkDrive, wanted: [Int]) -> (outputs: [Tensor], states: [Tensor]) {
    let looped = loop(drive, carry: []) { step, _, read in
      let run = advance(step, read: read)
      return (run.states, [], wanted.map { run.outputs[$0] ?? run.sent($0) })
    }
    return (looped.outputs.map { $0.moveAxis(from: 0, to: 1) }, looped.states)
  }

  /// One step of all parts.
  struct Step {
    let states: [[Tensor]]
    let inputs: Tensor?
    let forced: [Int: Tensor]
    let noises: [Int: Tensor]
    let targets: [Tensor]

    func with(inputs: Tensor) -> Step {
      Step(states: states, inputs: inputs, forced: forced, noises: noises, targets: targets)
    }
  }

  /// What a step gave.
  struct StepResult {
    var states: [[Tensor]]
    /// `[rows, width]`, by parts.
    var outputs: [Int: Tensor] = [:]
    let forced: [Int: Tensor]

    func sent(_ place: Int) -> Tensor { forced[place] ?? outputs[place] ?? Tensor(.nan) }
  }

  /// - Parameter read: what a readout puts out, of what it reads `[rows, numbers]` and of what that is added to.
  func advance(_ step: Step, read: (_ place: Int, _ read: Tensor, _ base: Tensor?) -> Tensor) -> StepResult {
    var result = StepResult(states: step.states, forced: step.forced)
    for place in NetworkPart.stepOrder(of: parts) ?? [] {
      switch parts[place].role {
      case .input(let channels): result.outputs[place] = step.inputs?.takingChannels(channels)
      case .delay: result.outputs[place] = step.states[place][0].slice(0..<1, axis: 1).squeeze(1)
      case .unit(let unit):
        let next = unit.step(step.states[place], signals(place, noise: step.noises[place], result.sent))
        (result.outputs[place], result.states[place]) = (next.output, next.state)
      case .readout:
        result.outputs[place] = read(place, joined(place, result.sent), parts[place].adds.map(result.sent))
      }
    }
    for place in parts.indices {
      guard case .delay(let steps) = parts[place].role else { continue }
      let all = Tensor.concatenate([step.states[place][0], joined(place, result.sent).expand(at: 1)], axis: 1)
      result.states[place] = [all.slice(1..<steps + 1, axis: 1)]
    }
    return result
  }

  /// A loop over the steps of a series.
  /// - Parameters:
  ///   - carry: what the body carries besides the states.
  ///   - body: takes a step, what it carries, and how readouts put out what they do; returns states, what it carries, and outputs.
  func loop(
    _ drive: NetworkDrive, carry: [Tensor],
    body: (_ step: Step, _ carry: [Tensor], _ read: @escaping (Int, Tensor, Tensor?) -> Tensor) -> (
      states: [[Tensor]], carry: [Tensor], outputs: [Tensor]
    )
  ) -> (states: [Tensor], carry: [Tensor], outputs: [Tensor]) {
    let (forced, noises) = (drive.forced.keys.sorted(), drive.noises.keys.sorted())
    let elements =
      [drive.inputs].compactMap(\.self) + forced.compactMap { drive.forced[$0] }
      + noises.compactMap { drive.noises[$0] }
      + drive.targets
    let counts = states.map(\.count)
    let looped = scan(
      carry: states.flatMap(\.self) + carry, over: elements.map { $0.moveAxis(from: 1, to: 0) }, length: drive.steps
    ) { carried, elements in
      var (own, rest) = (carried.makeIterator(), elements.makeIterator())
      let states = counts.map { count in (0..<count).compactMap { _ in own.next() } }
      let inputs = drive.inputs == nil ? nil : rest.next()
      var step = ([Int: Tensor](), [Int: Tensor]())
      for place in forced { step.0[place] = rest.next() }
      for place in noises { step.1[place] = rest.next() }
      let targets = Array(IteratorSequence(rest))
      let next = body(
        Step(states: states, inputs: inputs, forced: step.0, noises: step.1, targets: targets),
        Array(IteratorSequence(own)),
        { readOut($0, $1, base: $2) })
      return (next.states.flatMap(\.self) + next.carry, next.outputs)
    }
    let count = counts.reduce(0, +)
    return (Array(looped.carry.prefix(count)), Array(looped.carry.dropFirst(count)), looped.outputs)
  }

  /// What a part reads, side by side.
  func joined(_ place: Int, _ sent: (Int) -> Tensor) -> Tensor {
    signals(place, noise: nil, sent).all
  }

  private func signals(_ place: Int, noise: Tensor?, _ sent: (Int) -> Tensor) -> NodeSignals {
    func side(_ places: [Int]) -> Tensor? {
      let all = places.map(sent)
      return all.count > 1 ? Tensor.concatenate(all, axis: all[0].rank - 1) : all.first
    }
    return NodeSignals([side(parts[place].reads), side(parts[place].fedBack), noise])
  }

  /// What a readout makes of what it reads, `[…, numbers]`.
  func readOut(_ place: Int, _ read: Tensor, base: Tensor?) -> Tensor {
    guard let readout = readouts[place] else { return Tensor(.nan, dtype: dtype) }
    let rows = read.reshape(to: [-1, readout.shape[0] - 1]).readOut(readout)
    let outputs = rows.reshape(to: Shape(read.shape.dropLast() + [parts[place].width]))
    return base.map { outputs + $0 } ?? outputs
  }

  /// Noise for all parts that have any.
  mutating func noises(_ sequences: Int, _ steps: Int) -> [Int: Tensor] {
    var noises: [Int: Tensor] = [:]
    for place in parts.indices {
      guard case .unit(var unit) = parts[place].role else { continue }
      noises[place] = unit.noise(sequences, steps)
      if noises[place] != nil { parts[place].role = .unit(unit) }
    }
    return noises
  }
}

/// Running over series that are given.
extension NodeNetwork {
  /// Runs over a series and gives what nodes put out.
  ///
  /// ```swift
  /// let u = Tensor((0..<50).map { sin(0.1 * Double($0)) }, shape: [50, 1])
  /// var network = try NodeNetwork(Input() >>> [Reservoir(units: 5), Reservoir(units: 8)], inputs: 1, outputs: 1)
  /// let states = try network.run(inputs: u, nodes: ["reservoir1", "reservoir2"])    // [50, 5] and [50, 8]
  /// ```
  /// - Parameters:
  ///   - inputs: nil for a graph without ``Input``.
  ///   - teacher: what readouts send to the nodes that they are fed back to, or that read them; nil for what they put out.
  ///   - nodes: names of the nodes.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func run(
    inputs: Tensor? = nil, teacher: Tensor? = nil, nodes: [String]
  ) throws -> OrderedDictionary<String, Tensor> {
    let places = try nodes.map { name in
      guard let place = parts.firstIndex(where: { $0.name == name }) else {
        throw ReservoirError.graph("it has no node '\(name)', but \(graph.names.joined(separator: ", "))")
      }
      return place
    }
    return OrderedDictionary(
      uniqueKeysWithValues: zip(nodes, try performRun(inputs, teacher: teacher, places)))
  }

  /// What the network puts out over a series.
  /// - Parameters: as ``run(inputs:teacher:nodes:)`` has them.
  /// - Returns: `[steps, outputs]`, or with an axis of sequences.
  /// - Throws: ``ReservoirError``, ``ReservoirError/notFitted``.
  public mutating func predict(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    try performRun(inputs, teacher: teacher, [end])[0]
  }

  private mutating func performRun(_ inputs: Tensor?, teacher: Tensor?, _ places: [Int]) throws -> [Tensor] {
    let call = try runCall(inputs, teacher: teacher, places)
    return try perform(call)
  }

  /// A run that gives what parts put out.
  mutating func runCall(_ inputs: Tensor?, teacher: Tensor?, _ places: [Int]) throws -> RunCall {
    let forced = try teacher.map { given in
      try Dictionary(uniqueKeysWithValues: readoutPlaces.map { ($0, try targets(given, of: $0)) })
    }
    let read = Set(forced == nil ? parts.flatMap(\.sources) : [])
    guard readoutPlaces.allSatisfy({ isFitted($0) || !places.contains($0) && !read.contains($0) }) else {
      throw ReservoirError.notFitted
    }
    let (drive, first) = try drive(inputs, forced: forced ?? [:])
    let ends = graph.ends.count == 1 ? graph.ends.filter(isFitted) : []
    return RunCall(drive: drive, like: first, places: places, ends: ends, isForecast: teacher == nil)
  }

  /// Whether a part puts something out: all but readouts without weights do.
  func isFitted(_ place: Int) -> Bool { parts[place].rule == nil || readouts[place] != nil }

  /// Goes on from states that were computed.
  mutating func moved(to states: [Tensor], last: Tensor?) {
    keep(states)
    (self.last, isForecast, isAtRest) = (last, false, false)
  }

  /// Targets of a readout.
  func targets(_ given: Tensor, of place: Int) throws -> SequenceBatch {
    try SequenceBatch(given, channels: parts[place].width, dtype: dtype, named: "teacher's values")
  }

  /// A series as it runs through the network, with noise, and the one that says how many sequences and steps there are.
  /// - Throws: ``ReservoirError`` for series that are missing or don't fit each other.
  mutating func drive(
    _ given: Tensor?, forced: [Int: SequenceBatch]
  ) throws -> (drive: NetworkDrive, first: SequenceBatch) {
    if given == nil, inputs > 0 { throw ReservoirError.missingInputs(count: inputs) }
    let batch = try given.map { try SequenceBatch($0, channels: inputs, dtype: dtype, named: "inputs") }
    guard let first = batch ?? forced.values.first else { throw ReservoirError.missingTeacher }
    for target in forced.values where target.sequences != first.sequences || target.steps != first.steps {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(target.tensor.shape),
        expected: "of \(first.sequences) sequences and \(first.steps) steps, as the other series are")
    }
    guard first.steps > 0 else { throw ReservoirError.washout(steps: 0, length: 0) }
    try begin(first.sequences)
    let drive = NetworkDrive(
      sequences: first.sequences, steps: first.steps, inputs: batch?.tensor, forced: forced.mapValues(\.tensor),
      noises: noises(first.sequences, first.steps))
    return (drive, first)
  }
}

extension Tensor {
  /// Some channels of the last axis; all for none.
  func takingChannels(_ channels: [Int]) -> Tensor {
    guard !channels.isEmpty else { return self }
    return take(Tensor(channels.map { Int32($0) }, shape: [channels.count]), axis: rank - 1)
  }

  /// The last step `[sequences, …]` of `[sequences, steps, …]`.
  var lastStep: Tensor { slice(shape[1] - 1..<shape[1], axis: 1).squeeze(1) }
}
