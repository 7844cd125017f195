/// Networks of one size that run side by side, each step of the way in one program: other draws of one reservoir, or
/// reservoirs whose gains, leaks, scales and connectivities differ.
///
/// ```swift
/// var ensemble = try ReservoirEnsemble(reservoir, seeds: 0..<20)
/// let fits = try ensemble.fit(teacher: signal, washout: 2000)
/// let continued = try ensemble.generate(steps: 5000)   // [20, 5000, outputs]
/// ```
/// Series are given as to one network, and all members get the same. What comes back has a leading axis of members.
/// Each member computes what it would alone; ``subscript(_:)`` gives it. Members that were drawn alike, as those of a
/// grid over penalties, are driven as one until they run freely.
public struct ReservoirEnsemble: Sendable {
  /// The networks as they were made; what they have become is in the subscript.
  let networks: [EchoStateNetwork]
  /// Those of their weights.
  var programs: MemberPrograms<ReservoirTensors>
  private let alike: SharedDrives
  /// Whether members that were drawn alike no longer stand alike.
  private var isApart = false
  /// Where the members' noise comes from.
  private var streams: [UniformStream]
  /// `[members, units + 1, outputs]`, biases last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public private(set) var readout: Tensor?
  /// `[members, sequences, units]`.
  public private(set) var state: Tensor
  /// What the next step feeds back, `[members, sequences, outputs]`.
  public private(set) var output: Tensor
  /// The bytes that one execution of a program may take for states and Gram matrices: where all members' would be more,
  /// the program runs for some members after the others. Memory that is used again is far quicker than new one.
  public var memory: Int {
    get { programs.memory }
    set { programs.memory = newValue }
  }

  /// One reservoir drawn with several seeds.
  /// - Throws: ``ReservoirError``.
  public init(_ reservoir: Reservoir, seeds: some Sequence<Int>) throws {
    try self.init(try seeds.map { try EchoStateNetwork(reservoir, draws: .keyed(seed: UInt64(bitPattern: Int64($0)))) })
  }

  /// Networks that stand at the start of their series, without a readout yet.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` if there are none, or their shapes differ.
  public init(_ networks: [EchoStateNetwork]) throws {
    guard let first = networks.first else { throw ReservoirError.differentMembers("there are none") }
    self.networks = networks
    alike = SharedDrives(of: networks) { $0.isDrawn(as: $1) }
    streams = networks.map(\.stream)
    programs = MemberPrograms(
      prototype: first.tensors, tensors: try Tensor.evaluate(ReservoirTensors.stacked(networks)))
    (state, output) = (first.state, first.output)
    try reset()
  }

  /// How many networks there are.
  public var count: Int { networks.count }

  var reservoir: Reservoir { networks[0].reservoir }

  /// A member by itself, as it stands now.
  public subscript(index: Int) -> EchoStateNetwork {
    networks[index].placed(
      at: state.member(index), output: output.member(index), readout: readout?.member(index),
      stream: streams[index])
  }

  /// Puts all states and outputs back to zeros.
  /// - Parameter sequences: how many sequences each member runs side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    var member = networks[0]
    try member.reset(sequences: sequences)
    let zeros = [member.state, member.output].map { $0.expand(at: 0).broadcast(to: Shape([count] + $0.shape)) }
    let start = try Tensor.evaluate(zeros)
    (state, output) = (start[0], start[1])
    // Learning step by step draws noise in other portions than a regression.
    isApart = alike.members.contains { Set($0.map { streams[$0] }).count > 1 }
  }

  /// Goes on from other states, with other readouts if they are given.
  /// - Parameter isApart: whether members that were drawn alike no longer stand alike.
  mutating func move(to state: Tensor, output: Tensor, readout: Tensor? = nil, isApart: Bool = false) {
    (self.state, self.output, self.readout) = (state, output, readout ?? self.readout)
    self.isApart = self.isApart || isApart
  }

  /// Takes over what members have become by themselves.
  mutating func replace(by members: [EchoStateNetwork]) throws {
    let stacked = try Tensor.evaluate([
      Tensor.stack(members.map(\.state)), Tensor.stack(members.map(\.output)),
      Tensor.stack(members.map(\.currentReadout)),
    ])
    move(to: stacked[0], output: stacked[1], readout: stacked[2], isApart: true)
    streams = members.map(\.stream)
  }

  /// The readouts, or the random ones that there are before.
  var currentReadout: Tensor { readout ?? Tensor.stack(networks.map(\.currentReadout)) }

  /// Which members can be driven as one.
  var drives: SharedDrives { isApart ? .separate(count) : alike }

  /// The noise of each of `drives` for so many steps, or nil if there is none.
  mutating func noise(_ steps: Int, sequences: Int, of drives: SharedDrives) -> [Tensor]? {
    var noise: [Tensor] = []
    for members in drives.members {
      let lead = members[0]
      if let drawn = networks[lead].reservoir.noise(sequences, steps, from: &streams[lead]) { noise.append(drawn) }
      for member in members { streams[member] = streams[lead] }
    }
    return noise.isEmpty ? nil : noise
  }
}
