import OrderedCollections

/// Something that a network computes in one program: alone, or as one of an ensemble's members side by side.
protocol NetworkCall {
  associatedtype Result

  /// What the program takes besides the network: noise, where a free run starts, ….
  var arguments: [Tensor] { get }
  /// Bytes that go through memory for each network.
  var bytes: Int { get }

  /// What the program computes.
  func results(of network: NodeNetwork, _ arguments: [Tensor]) -> [Tensor]

  /// What the results say, and where the network stands after them.
  func finish(_ network: inout NodeNetwork, _ computed: [Tensor]) throws -> Result
}

extension NodeNetwork {
  mutating func perform<Call: NetworkCall>(_ call: Call) throws -> Call.Result {
    try call.finish(&self, Tensor.evaluate(call.results(of: self, call.arguments)))
  }
}

extension NetworkDrive {
  /// The noise, in the order of the parts.
  var allNoise: [Tensor] { noises.keys.sorted().compactMap { noises[$0] } }

  /// The same with other noise.
  func with(noise: some Collection<Tensor>) -> NetworkDrive {
    var other = self
    other.noises = Dictionary(uniqueKeysWithValues: zip(noises.keys.sorted(), noise))
    return other
  }
}

/// A run over a series that is given.
struct RunCall: NetworkCall {
  let drive: NetworkDrive
  let like: SequenceBatch
  /// Parts whose outputs are asked for.
  let places: [Int]
  /// The part whose last output the network has put out, if there is one.
  let ends: [Int]
  /// Whether the network's own outputs ran through it, and no teacher's.
  let isForecast: Bool

  var arguments: [Tensor] { drive.allNoise }
  var bytes: Int { 0 }

  func results(of network: NodeNetwork, _ arguments: [Tensor]) -> [Tensor] {
    let run = network.run(drive.with(noise: arguments), wanted: places + ends)
    let lasts = ends.indices.map { (drive.forced[ends[$0]] ?? run.outputs[places.count + $0]).lastStep }
    return Array(run.outputs.prefix(places.count)) + lasts + run.states
  }

  func finish(_ network: inout NodeNetwork, _ computed: [Tensor]) throws -> [Tensor] {
    let last = ends.isEmpty ? nil : computed[places.count]
    network.moved(to: Array(computed.dropFirst(places.count + ends.count)), last: last)
    network.isForecast = isForecast
    return computed.prefix(places.count).map { like.like($0) }
  }
}

/// A free run.
struct FreeCall: NetworkCall {
  let drive: NetworkDrive
  /// What goes in first where the network reads its own outputs.
  let start: Tensor
  /// Whether it does.
  let isClosed: Bool
  /// Whether ``start`` is the first value that is put out.
  let isForecast: Bool
  /// The place of what is put out.
  let end: Int
  /// Whether results have an axis of sequences.
  let isBatch: Bool

  var arguments: [Tensor] { [start] + drive.allNoise }
  var bytes: Int { 0 }

  /// The values, whether each step's are finite, the last of them, and the states.
  func results(of network: NodeNetwork, _ arguments: [Tensor]) -> [Tensor] {
    let free = network.freeSteps(
      drive.with(noise: arguments.dropFirst()), from: arguments[0], isClosed: isClosed, end)
    let values =
      isForecast ? Tensor.concatenate([arguments[0].expand(at: 1), free.outputs], axis: 1) : free.outputs
    return [values.isFinite().all([0, 2]), values, values.lastStep] + free.states
  }

  func finish(_ network: inout NodeNetwork, _ computed: [Tensor]) throws -> FreeValues {
    network.moved(to: Array(computed.dropFirst(3)), last: computed[2])
    let finite: [Bool] = try computed[0].values()
    return FreeValues(tensor: isBatch ? computed[1] : computed[1].squeeze(0), diverged: finite.firstIndex(of: false))
  }
}

/// What a free run gave.
struct FreeValues {
  /// `[steps, outputs]` or `[sequences, steps, outputs]`.
  let tensor: Tensor
  /// The first step whose values aren't finite.
  let diverged: Int?
}

/// A run over a series whose targets all readouts learn.
struct FitCall: NetworkCall {
  let drive: NetworkDrive
  let like: SequenceBatch
  let targets: [Int: SequenceBatch]
  let washout: Int
  /// Parts that readouts learn from.
  let wanted: [Int]
  /// Penalties of each readout, `[count]`, where the regressions are part of the program; nil where they follow it.
  var penalties: [Tensor]?
  /// Which of the penalties are the network's own.
  var place = 0
  let bytes: Int

  var arguments: [Tensor] { (penalties ?? []) + drive.allNoise }

  func results(of network: NodeNetwork, _ arguments: [Tensor]) -> [Tensor] {
    let count = penalties?.count ?? 0
    let run = network.run(drive.with(noise: arguments.dropFirst(count)), wanted: wanted)
    guard penalties != nil else { return run.outputs + run.states }
    let outputs = Dictionary(uniqueKeysWithValues: zip(wanted, run.outputs))
    let found: [[Tensor]] = network.readoutPlaces.enumerated().map { index, place in
      guard let target = targets[place] else { return [] }
      let problem = network.problem(at: place, target, outputs, washout: washout)
      let traced =
        network.parts[place].rule?.traced(problem.rows, problem.targets, penalties: arguments[index])
        ?? TracedReadouts(weights: problem.rows, penalties: arguments[index])
      let scores = traced.weights.eachReadout { readout in
        var fitted = network
        fitted.readouts[place] = readout
        return fitted.score(problem, at: place)
      }
      return [traced.weights, traced.penalties] + scores
    }
    return found.flatMap(\.self) + run.states
  }

  func finish(
    _ network: inout NodeNetwork, _ computed: [Tensor]
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    var fits: OrderedDictionary<String, ReadoutFit> = [:]
    let places = network.readoutPlaces
    let outputs = Dictionary(uniqueKeysWithValues: zip(wanted, computed))
    for (index, place) in places.enumerated() {
      guard let rule = network.parts[place].rule, let target = targets[place] else { continue }
      guard penalties == nil else {
        let own = computed.dropFirst(4 * index).prefix(4).map { $0.member(self.place) }
        let lambda: Double = try own[1].scalar()
        network.readouts[place] = try own[0].solution(lambda: lambda)
        fits[network.parts[place].name] = ReadoutFit(
          lambda: lambda, nrmse: try own[3].scalar(), outputs: like.like(own[2]))
        continue
      }
      let problem = network.problem(at: place, target, outputs, washout: washout)
      let rows = try Tensor.evaluate([problem.rows, problem.targets])
      let found = try rule.weights(rows[0], rows[1])
      network.readouts[place] = found.tensor
      fits[network.parts[place].name] = try network.fit(of: problem, at: place, lambda: found.lambda, like: like)
    }
    let before = penalties == nil ? wanted.count : 4 * places.count
    network.moved(to: Array(computed.dropFirst(before)), last: network.lastTarget(targets))
    return fits
  }
}
