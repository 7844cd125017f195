import OrderedCollections

/// Networks of the same nodes that run side by side, each step of the way in one program: other draws of one graph, or graphs
/// whose reservoirs' numbers and readouts' penalties differ.
///
/// ```swift
/// let series = Tensor(Lorenz().series(1001), shape: [1001, 3])
/// let graph = Input() >>> [Reservoir(units: 50), Reservoir(units: 80)] >>> CholeskyReadout(lambda: 1e-6)
/// var ensemble = try NodeEnsemble(graph, inputs: 3, outputs: 3, seeds: 0..<5)
/// try ensemble.fit(inputs: series.slice(0..<1000), teacher: series.slice(1..<1001), washout: 100)
/// let forecasts = try ensemble.generate(steps: 50)    // [5, 50, 3]
/// ```
/// Series are given as to one network, and all members get the same. What comes back has a leading axis of members.
/// Each member computes what it would alone; ``subscript(_:)`` gives it. Members that were drawn alike, as those of a grid over
/// penalties, learn from one run.
public struct NodeEnsemble: Sendable {
  private var networks: [NodeNetwork]
  private var programs: MemberPrograms<NodeNetwork>
  private let alike: SharedDrives
  /// Whether members that were drawn alike no longer stand alike.
  private var isApart = false

  /// One graph drawn with several seeds.
  /// - Parameters: as `NodeNetwork` has them.
  /// - Throws: ``ReservoirError``.
  public init(
    _ graph: some GraphPart, inputs: Int, outputs: Int, seeds: some Sequence<Int>, dtype: DType = .float64
  ) throws {
    let graph = graph.graph
    try self.init(
      seeds.map { seed in
        try NodeNetwork(
          graph, inputs: inputs, outputs: outputs, draws: .keyed(seed: UInt64(bitPattern: Int64(seed))), dtype: dtype)
      })
  }

  /// Networks of the same nodes.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` if there are none, or their nodes differ.
  public init(_ networks: [NodeNetwork]) throws {
    let tensors = try Tensor.evaluate(NodeNetwork.stacked(networks))
    (self.networks, programs) = (networks, MemberPrograms(prototype: networks[0], tensors: tensors))
    alike = SharedDrives(of: networks) { $0.isDrawn(as: $1) }
    isApart = !networks.allSatisfy(\.isAtRest)
  }

  /// How many networks there are.
  public var count: Int { networks.count }

  /// How many runs the next ``fit(inputs:teacher:washout:)`` takes: one of members that were drawn alike and stand alike.
  public var runs: Int { isApart ? count : alike.count }

  /// As ``ReservoirEnsemble/memory`` has it.
  public var memory: Int {
    get { programs.memory }
    set { programs.memory = newValue }
  }

  /// A member by itself, as it stands now.
  public subscript(index: Int) -> NodeNetwork { networks[index] }

  /// Puts all members back to rest.
  /// - Parameter sequences: how many sequences each member runs side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    networks = try networks.map { network in
      var network = network
      try network.reset(sequences: sequences)
      return network
    }
    // What was drawn alike may have drawn noise in other portions since.
    isApart = SharedDrives(of: networks) { $0.isDrawn(as: $1) }.members != alike.members
  }

  /// Runs over a series and computes each member's readouts.
  ///
  /// Regressions that differ by their penalties alone are part of the program that runs, if they can be traced (`cholesky`, `qr`,
  /// `crossValidated`); others follow it one by one. `force`, which runs a network itself, learns in each by itself, as all do from
  /// series that run through in stretches.
  /// - Parameters: as ``NodeNetwork/fit(inputs:teacher:washout:memory:)`` has them.
  /// - Returns: what each member's readouts learned, by their nodes' names.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0
  ) throws -> [OrderedDictionary<String, ReadoutFit>] {
    var (members, calls): ([NodeNetwork], [FitCall]) = (networks, [])
    let targets = try networks[0].targets(networks[0].teachers(teacher))
    guard !networks[0].feedsBackOutputs, networks[0].stretch(of: targets, memory: 1 << 29) == nil else {
      let fits = try members.indices.map {
        try members[$0].fit(inputs: inputs, teacher: teacher, washout: washout)
      }
      (networks, isApart) = (members, true)
      return fits
    }
    let drives = isApart ? .separate(count) : alike
    for index in members.indices { calls.append(try members[index].fitCall(inputs, targets, washout: washout)) }
    for (network, own) in drives.members.enumerated() {
      let penalties = penalties(of: drives.row(network), calls[0])
      for (place, index) in own.enumerated() { (calls[index].penalties, calls[index].place) = (penalties, place) }
    }
    return try perform(calls, of: drives, by: &members)
  }

  /// Puts another rule in the place of each member's only readout's.
  /// - Throws: ``ReservoirError/readouts(count:networks:)``; ``ReservoirError/graph(_:)`` for networks of several readouts.
  mutating func replaceReadouts(by rules: [any ReadoutRule]) throws {
    guard rules.count == count else { throw ReservoirError.readouts(count: rules.count, networks: count) }
    for index in networks.indices { try networks[index].replaceReadout(by: rules[index]) }
    programs.prototype = networks[0]
  }

  /// For each readout the penalties of some members, where all members' rules differ by them alone and can be traced; else nil.
  private func penalties(of members: [Int], _ call: FitCall) -> [Tensor]? {
    let places = networks[0].readoutPlaces
    let rules = networks.map { network in places.compactMap { network.parts[$0].rule } }
    let isOne = rules.allSatisfy { zip($0, rules[0]).allSatisfy { $0.isAlike($1) } }
    guard isOne, networks[0].areTraced(call) else { return nil }
    return places.indices.map { place in Tensor(members.map { rules[$0][place].penalty }, shape: [members.count]) }
  }

  /// What the members put out over a series.
  /// - Parameters: as ``NodeNetwork/run(inputs:teacher:nodes:)`` has them.
  /// - Returns: `[members, steps, outputs]`, or `[members, sequences, steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    var members = networks
    let calls = try members.indices.map { index in
      let end = try members[index].end
      return try members[index].runCall(inputs, teacher: teacher, [end])
    }
    return try Tensor.stack(perform(calls, by: &members).map { $0[0] }).evaluate()
  }

  /// Runs the members freely, as ``NodeNetwork/generate(steps:inputs:)`` does.
  /// - Returns: `[members, steps, outputs]`, or `[members, sequences, steps, outputs]`. A member that diverges doesn't end the
  ///   others: its outputs aren't finite from there on.
  /// - Throws: ``ReservoirError``.
  public mutating func generate(steps: Int, inputs: Tensor? = nil) throws -> Tensor {
    var members = networks
    let calls = try members.indices.map { try members[$0].freeCall(steps: steps, inputs: inputs) }
    return try Tensor.stack(perform(calls, by: &members).map(\.tensor)).evaluate()
  }

  /// The values that come after a series, as ``NodeNetwork/forecast(steps:after:)`` has them.
  /// - Throws: as ``generate(steps:inputs:)`` does.
  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    try reset()
    let isDriven = networks[0].inputs > 0
    _ = try predict(inputs: isDriven ? series : nil, teacher: isDriven ? nil : series)
    return try generate(steps: steps)
  }

  /// A call of each member in as few programs as memory allows. The members become the ensemble's if it doesn't fail.
  /// - Parameter drives: which members' calls are one, that of the first of them; nil for none.
  private mutating func perform<Call: NetworkCall>(
    _ calls: [Call], of drives: SharedDrives? = nil, by members: inout [NodeNetwork]
  ) throws -> [Call.Result] {
    let shared = drives ?? .separate(count)
    if drives == nil { isApart = true }
    let leads = shared.members.map { $0[0] }
    let (call, standing) = (calls[0], members[0].standing.count)
    let rows = leads.map { members[$0].standing + calls[$0].arguments }
    let arguments = rows[0].indices.map { place in Tensor.stack(rows.map { $0[place] }) }
    let prototype = members[0]
    let run = programs.program { member, given in
      var own = member
      (own.readouts, own.states) = (prototype.readouts, prototype.states)
      return call.results(of: own.standing(at: given.prefix(standing)), Array(given.dropFirst(standing)))
    }
    var results = [Call.Result?](repeating: nil, count: count)
    _ = try programs.inChunks(of: shared, arguments, noise: nil, bytes: call.bytes) { range, own in
      let computed = try Tensor.evaluate(run(own))
      for network in range {
        let share = try Tensor.evaluate(computed.map { $0.member(network - range.lowerBound) })
        for index in shared.members[network] { results[index] = try calls[index].finish(&members[index], share) }
      }
      return []
    }
    networks = members
    return results.compactMap(\.self)
  }
}
