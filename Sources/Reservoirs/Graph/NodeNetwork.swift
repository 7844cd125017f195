/// A ``NodeGraph`` with its weights and readouts, which runs over series, learns, and goes on by itself.
///
/// ```swift
/// let series = Tensor(Lorenz().series(1001), shape: [1001, 3])
/// var network = try NodeNetwork(
///   Input() >>> Reservoir(units: 200) >>> RidgeRegression(lambda: 1e-6), inputs: 3, outputs: 3)
/// try network.fit(inputs: series.slice(0..<1000), teacher: series.slice(1..<1001), washout: 100)
/// let forecast = try network.generate(steps: 100)     // [100, 3], what comes after the teacher's last value
/// ```
/// Series are `[steps, channels]`, or `[sequences, steps, channels]` for several at once. Step t reads the input `u[t]`, and its
/// output has the target `teacher[t]`; what is fed back, or delayed, is of the steps before. Where it runs over a series with a
/// teacher, the teacher's values stand for what readouts put out. States are carried from call to call until
/// ``reset(sequences:)``.
///
/// ``NVAR`` and ``LocalReservoirs`` are networks of three nodes. ``EchoStateNetwork`` is that of one reservoir with one readout: it
/// computes the same, from any state, with other weights, and with a readout before it is fitted.
public struct NodeNetwork: Sendable {
  public private(set) var graph: NodeGraph
  /// Channels of the series that drives it; 0 for a graph without ``Input``.
  public let inputs: Int
  /// Numbers of a readout that has no number of its own.
  public let outputs: Int
  public let dtype: DType
  var parts: [NetworkPart]
  /// For each part the tensors that it carries from step to step, `[sequences, …]`.
  var states: [[Tensor]]
  /// The readouts' weights `[numbers + 1, outputs]`, biases last, by parts.
  var readouts: [Int: Tensor] = [:]
  /// What the network put out last, or the teacher's last value, `[sequences, outputs]`: what comes in next where it runs by
  /// itself.
  var last: Tensor?
  /// Whether ``last`` is the network's own and the first value that ``generate(steps:inputs:)`` gives.
  var isForecast = false
  var sequences = 1
  var isAtRest = true

  /// Draws the nodes. The first reservoir is as `EchoStateNetwork` draws it.
  /// - Parameters:
  ///   - inputs: channels of the series that drives it; 0 for a graph without ``Input``.
  ///   - outputs: numbers of a target.
  /// - Throws: ``ReservoirError``: ``ReservoirError/cycle(nodes:)`` for nodes that read each other in the same step,
  ///   ``ReservoirError/graph(_:)`` for nodes that don't fit together.
  public init(
    _ graph: some GraphPart, inputs: Int, outputs: Int, draws: ReservoirDraws = .keyed(seed: 0), dtype: DType = .float64
  ) throws {
    try self.init(graph.graph, inputs: inputs, outputs: outputs, dtype: dtype) { node, place, _, index in
      try node.unit(
        at: NodePlace(inputs: place.inputs, fedBack: place.fedBack, dtype: dtype, draws: draws.other(index)))
    }
  }

  /// - Parameter unit: makes a node at a place, by its name and its number among those that draw weights.
  init(
    _ graph: NodeGraph, inputs: Int, outputs: Int, dtype: DType,
    unit: @escaping NetworkParts.MakeUnit
  ) throws {
    guard [.float64, .float32].contains(dtype) else {
      throw ReservoirError.setting(name: "dtype", value: dtype.rawValue, allowed: "float64 or float32")
    }
    (self.graph, self.inputs, self.outputs, self.dtype) = (graph, inputs, outputs, dtype)
    parts = try NetworkParts(of: graph, inputs: inputs, outputs: outputs, make: unit).all
    states = []
    try NetworkPart.checkOrder(of: parts)
    try reset()
  }

  /// Puts all nodes back to rest.
  /// - Parameter sequences: how many sequences run side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    guard (1...1_000_000).contains(sequences) else {
      throw ReservoirError.setting(name: "sequences", value: "\(sequences)", allowed: "in 1...1000000")
    }
    let rest = parts.map { $0.rest(sequences, dtype: dtype) }
    keep(try Tensor.evaluate(rest.flatMap(\.self)))
    (last, isForecast, self.sequences, isAtRest) = (nil, false, sequences, true)
  }

  /// Keeps states that were computed, in the order of the parts.
  mutating func keep(_ computed: [Tensor]) {
    var rest = computed.makeIterator()
    states = parts.map { part in (0..<part.stateCount).compactMap { _ in rest.next() } }
  }

  /// Goes on with so many sequences; a network at rest takes any number.
  mutating func begin(_ count: Int) throws {
    guard count != sequences else { return }
    guard isAtRest else {
      throw ReservoirError.shape(
        series: "sequences", found: [count],
        expected: "\(sequences), as in the state that is carried on; call 'reset' first")
    }
    try reset(sequences: count)
  }

  /// How many numbers a part reads.
  func numbersRead(by place: Int) -> Int {
    (parts[place].reads + parts[place].fedBack).reduce(0) { $0 + parts[$1].width }
  }

  /// Places of the readouts, in the order in which they are computed.
  var readoutPlaces: [Int] { parts.indices.filter { parts[$0].rule != nil } }

  /// The place of the only node that no other one reads.
  /// - Throws: ``ReservoirError/graph(_:)`` if there are several.
  var end: Int {
    get throws(ReservoirError) {
      let ends = graph.ends
      guard ends.count == 1 else {
        let names = ends.map { parts[$0].name }.joined(separator: ", ")
        throw .graph("its outputs are those of \(names): ask for them by name, as 'run' does")
      }
      return ends[0]
    }
  }

  /// Puts another rule in the place of the only readout's, which begins anew.
  /// - Throws: ``ReservoirError/graph(_:)`` if there are several, or none.
  mutating func replaceReadout(by rule: any ReadoutRule) throws {
    let places = readoutPlaces
    guard places.count == 1, let place = places.first else {
      throw ReservoirError.graph("it has \(places.count) readouts, and not one that takes another rule")
    }
    let node = graph.entries[place].node
    graph.entries[place].node = Node(content: rule, name: parts[place].name, outputs: node.outputs)
    (parts[place].role, readouts[place]) = (.readout(rule), nil)
  }

  /// Gives a node another readout.
  mutating func setReadout(_ readout: Tensor, of name: String) {
    if let place = parts.firstIndex(where: { $0.name == name && $0.rule != nil }) { readouts[place] = readout }
  }

  /// The readout of a node, `[numbers + 1, outputs]`, biases last; nil before it is fitted.
  public func readout(_ name: String) -> Tensor? {
    parts.firstIndex { $0.name == name }.flatMap { readouts[$0] }
  }
}

extension ReservoirDraws {
  /// Numbers for another node of the same network.
  func other(_ index: Int) -> ReservoirDraws {
    switch self {
    case .keyed(let seed): .keyed(seed: seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
    case .numPy(let seed): .numPy(seed: seed &+ UInt32(index) &* 0x9E37_79B9)
    }
  }
}
