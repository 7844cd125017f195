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
/// Each member computes what it would alone; ``subscript(_:)`` gives it.
public struct ReservoirEnsemble: Sendable {
  /// The networks as they were made; what they have become is in the subscript.
  let networks: [EchoStateNetwork]
  /// Their weights along a leading axis, as ``ReservoirTensors`` orders them.
  let tensors: [Tensor]
  var noises: [UniformStream]
  /// `[members, units + 1, outputs]`, biases last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public internal(set) var readout: Tensor?
  /// `[members, sequences, units]`.
  public internal(set) var state: Tensor
  /// What the next step feeds back, `[members, sequences, outputs]`.
  public internal(set) var output: Tensor
  /// The bytes of states that one execution of a program may take: where all members' would be more, the program runs
  /// for some members after the others. Memory that is used again is far quicker than new one.
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
    (self.networks, noises) = (networks, networks.map(\.stream))
    tensors = try Tensor.evaluate(members[0].indices.map { place in Tensor.stack(members.map { $0[place] }) })
    (state, output) = (first.state, first.output)
    try reset()
  }

  private static func check(_ own: Reservoir, like other: Reservoir) throws(ReservoirError) {
    let differences: [(String, Bool)] = [
      ("units", own.units != other.units), ("inputs", own.inputs != other.inputs),
      ("outputs", own.outputs != other.outputs),
      ("feedback", own.feedback != other.feedback), ("dtype", own.dtype != other.dtype),
      ("storage", own.storage != other.storage), ("fixesLastOutput", own.fixesLastOutput != other.fixesLastOutput),
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
    var network = networks[index]
    (network.state, network.output, network.stream) = (state[index], output[index], noises[index])
    network.readout = readout?[index]
    return network
  }

  /// Puts all states and outputs back to zeros.
  /// - Parameter sequences: how many sequences each member runs side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    var member = networks[0]
    try member.reset(sequences: sequences)
    let zeros = [member.state, member.output].map { $0.expand(at: 0).broadcast(to: Shape([count] + $0.shape)) }
    let start = try Tensor.evaluate(zeros)
    (state, output) = (start[0], start[1])
  }

  /// The members' noise for so many steps, or nil if there is none.
  mutating func noise(_ steps: Int, sequences: Int) -> Tensor? {
    var parts: [Tensor] = []
    for index in networks.indices {
      var network = networks[index]
      network.stream = noises[index]
      if let part = network.noise(sequences, steps) { parts.append(part) }
      noises[index] = network.stream
    }
    return parts.isEmpty ? nil : Tensor.stack(parts)
  }

  /// `body` for each member: of its weights, and its share of `arguments`, which have a leading axis of members.
  /// - Parameter steps: the states of so many steps go through memory; 0 where none are kept.
  func each(
    _ arguments: [Tensor], steps: Int, _ body: @escaping (ReservoirTensors, [Tensor]) -> [Tensor]
  ) throws -> [Tensor] {
    let (parts, prototype) = (tensors.count, networks[0].tensors)
    let run = vectorized { (all: [Tensor]) in
      body(prototype.with(Array(all.prefix(parts))), Array(all.dropFirst(parts)))
    }
    let bytes = Swift.max(1, steps * state.shape[1] * reservoir.units * 8)
    let size = MemberPasses.size(
      of: count, atMost: Swift.max(1, memory / bytes), threads: ProcessInfo.processInfo.activeProcessorCount)
    guard size < count else { return try Tensor.evaluate(run(tensors + arguments)) }
    var results: [[Tensor]] = []
    for first in stride(from: 0, to: count, by: size) {
      let range = first..<Swift.min(count, first + size)
      let own = try Tensor.evaluate((tensors + arguments).map { $0.slice(range) })
      // As arguments of the program, and not a part of it.
      results.append(try Tensor.evaluate(run(own)))
    }
    return try Tensor.evaluate(results[0].indices.map { place in Tensor.concatenate(results.map { $0[place] }) })
  }
}
