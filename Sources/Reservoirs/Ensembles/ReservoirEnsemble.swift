import Foundation

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
  /// Their weights along a leading axis, as ``ReservoirTensors`` orders them.
  private let tensors: [Tensor]
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
  public var memory = 1 << 28

  /// One reservoir drawn with several seeds.
  /// - Throws: ``ReservoirError``.
  public init(_ reservoir: Reservoir, seeds: some Sequence<Int>) throws {
    try self.init(try seeds.map { try EchoStateNetwork(reservoir, draws: .keyed(seed: UInt64(bitPattern: Int64($0)))) })
  }

  /// Networks that stand at the start of their series, without a readout yet.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` if there are none, or their shapes differ.
  public init(_ networks: [EchoStateNetwork]) throws {
    guard let first = networks.first else { throw ReservoirError.differentMembers("there are none") }
    for network in networks { try Self.check(network.reservoir, like: first.reservoir) }
    let width = networks.map(\.weights.recurrent.width).max()
    let members = try networks.map { try ReservoirTensors($0.weights, $0.reservoir, width: width).all }
    guard Set(members.map(\.count)).count == 1 else {
      throw ReservoirError.differentMembers("some are sparse and some dense: set 'storage'")
    }
    self.networks = networks
    var drawn: [EchoStateNetwork] = []
    alike = SharedDrives(
      networks.map { network in
        if let place = drawn.firstIndex(where: network.isDrawn(as:)) { return place }
        drawn.append(network)
        return drawn.count - 1
      })
    streams = networks.map(\.stream)
    tensors = try Tensor.evaluate(members[0].indices.map { place in Tensor.stack(members.map { $0[place] }) })
    (state, output) = (first.state, first.output)
    try reset()
  }

  private static func check(_ own: Reservoir, like other: Reservoir) throws(ReservoirError) {
    let differences: [(String, Bool)] = [
      ("units", own.units != other.units), ("inputs", own.inputs != other.inputs),
      ("outputs", own.outputs != other.outputs),
      ("feedback", own.feedback != other.feedback), ("dtype", own.dtype != other.dtype),
      ("storage", own.storage != other.storage),
      ("correctsLastOutput", own.correctsLastOutput != other.correctsLastOutput),
      ("unit", own.unit != other.unit), ("squares", own.squares != other.squares),
      ("activation", own.activationText != other.activationText),
      ("leak of spiking units", own.unit == .spiking && own.leakRate != other.leakRate),
      ("whether there is noise", (own.noise > 0) != (other.noise > 0)),
    ]
    if let difference = differences.first(where: \.1) {
      throw .differentMembers("'\(difference.0)' isn't the same in all")
    }
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

/// Programs of all members.
extension ReservoirEnsemble {
  /// `body` as one program for several of the members: of their weights, and their share of other arguments.
  func program(_ body: @escaping (ReservoirTensors, [Tensor]) -> [Tensor]) -> ([Tensor]) -> [Tensor] {
    let (parts, prototype) = (tensors.count, networks[0].tensors)
    return vectorized { (all: [Tensor]) in
      body(prototype.with(Array(all.prefix(parts))), Array(all.dropFirst(parts)))
    }
  }

  /// What `body` makes of each network's weights, its share of `arguments`, which have a leading axis of networks, and
  /// its noise, if there is any: in as few executions as memory allows.
  /// - Parameter bytes: what goes through memory for each of them; 0 for little.
  func each(
    of drives: SharedDrives, _ arguments: [Tensor], noise: [Tensor]? = nil, bytes: Int,
    _ body: @escaping (ReservoirTensors, [Tensor]) -> [Tensor]
  ) throws -> [Tensor] {
    let run = program(body)
    return try inChunks(of: drives, arguments, noise: noise, bytes: bytes) { _, own in try Tensor.evaluate(run(own)) }
  }

  /// As ``each(of:_:noise:bytes:_:)``, with a body that gets the arguments of several networks at a time, weights
  /// first.
  func inChunks(
    of drives: SharedDrives, _ arguments: [Tensor], noise: [Tensor]?, bytes: Int,
    _ body: (_ networks: Range<Int>, _ arguments: [Tensor]) throws -> [Tensor]
  ) throws -> [Tensor] {
    let size = EnsembleChunks.size(
      of: drives.count, atMost: Swift.max(1, memory / Swift.max(1, bytes)),
      threads: ProcessInfo.processInfo.activeProcessorCount)
    let all = try Tensor.evaluate(tensors.map(drives.common)) + Tensor.evaluate(arguments)
    var results: [[Tensor]] = []
    for first in stride(from: 0, to: drives.count, by: size) {
      let range = first..<Swift.min(drives.count, first + size)
      // As arguments of the program, and not a part of it.
      var own = range.count == drives.count ? all : try Tensor.evaluate(all.map { $0.members(range) })
      if let noise { own.append(try Tensor.stack(Array(noise[range])).evaluate()) }
      results.append(try body(range, own))
    }
    guard results.count > 1 else { return results[0] }
    return try Tensor.evaluate(results[0].indices.map { place in Tensor.concatenate(results.map { $0[place] }) })
  }
}
