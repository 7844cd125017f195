import OrderedCollections

/// What a node of a ``NodeGraph`` does, before anything is drawn.
///
/// A node of your own is a struct with a declaration, which plans know by its name once it is added:
/// `Registry<any GraphNode>.add(MyNode.self)`.
public protocol GraphNode: Configurable, GraphPart {
  /// How many numbers it puts out, if that doesn't depend on what it reads.
  var fixedWidth: Int? { get }

  /// The node with its weights.
  /// - Throws: ``ReservoirError`` for what it can't read.
  func unit(at place: NodePlace) throws -> any GraphUnit

  /// The node with the weights of ``GraphUnit/arrays()``.
  func unit(at place: NodePlace, arrays: OrderedDictionary<String, HostArray>) throws -> any GraphUnit
}

extension GraphNode {
  public var graph: NodeGraph { Node(self).graph }
  public var fixedWidth: Int? { nil }

  public func unit(at place: NodePlace, arrays: OrderedDictionary<String, HostArray>) throws -> any GraphUnit {
    try unit(at: place)
  }
}

/// Where a node stands.
public struct NodePlace: Sendable {
  /// Numbers of what it reads.
  public let inputs: Int
  /// Numbers that are fed back to it.
  public let fedBack: Int
  public let dtype: DType
  public let draws: ReservoirDraws
}

/// What reaches a node: in a step `[rows, numbers]`, in a series `[sequences, steps, numbers]`; nil where there is none.
public struct NodeSignals: Sendable {
  public let input: Tensor?
  public let fedBack: Tensor?
  public let noise: Tensor?

  /// What it reads and what is fed back, side by side.
  public var all: Tensor {
    let both = [input, fedBack].compactMap(\.self)
    return both.count == 1 ? both[0] : Tensor.concatenate(both, axis: (both.first?.rank ?? 1) - 1)
  }

  var parts: [Tensor?] { [input, fedBack, noise] }

  init(_ parts: [Tensor?]) { (input, fedBack, noise) = (parts[0], parts[1], parts[2]) }
}

/// A node with its weights: what it makes of what reaches it, step by step, and of a whole series.
public protocol GraphUnit: Sendable {
  /// The numbers that it puts out.
  var outputs: Int { get }
  /// Parts with a readout in common that it divides its outputs into.
  var patches: Int { get }
  /// The steps before the first one that has all its past.
  var firstStep: Int { get }

  /// The state at rest, each tensor with a leading axis of so many rows.
  func rest(_ rows: Int) -> [Tensor]

  /// Noise for each sequence and step, `[sequences, steps, …]`; nil for none.
  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor?

  /// One step: the state after it, and the outputs `[rows, outputs]`.
  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor)

  /// A series: the state after it, and the outputs `[sequences, steps, outputs]`.
  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor)

  /// The weights, by name.
  func arrays() throws -> OrderedDictionary<String, HostArray>

  /// The weights that programs take, in an order that ``with(_:)`` takes back.
  var tensors: [Tensor] { get }

  /// The same node with other weights.
  func with(_ tensors: [Tensor]) -> Self

  /// Those of ``tensors`` that backpropagation trains; by default all that are floating-point, as `weight1`, ….
  var trainedWeights: [TrainedWeight] { get }

  /// The same node with other weights for good, which ``arrays()`` has.
  func keeping(_ tensors: [Tensor]) throws -> Self

  /// The ``tensors`` of this node and others of its kind, with a leading axis of nodes, for ensembles.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` for nodes that can't be computed side by side.
  func stacked(with others: [any GraphUnit]) throws -> [Tensor]

  /// Whether another node of its kind has the same weights and random numbers; by default if neither has weights.
  func isDrawn(as other: any GraphUnit) -> Bool

  /// What keeps its steps from having a derivative, nil for steps that have one.
  var undifferentiable: ReservoirError? { get }
}

/// A weight of a ``GraphUnit`` that backpropagation trains.
public struct TrainedWeight: Sendable, Hashable {
  public let name: String
  /// Its place among ``GraphUnit/tensors``.
  public let place: Int
  /// Whether numbers that are 0 stay 0, as weights of connections that aren't there do.
  public let keepsZeros: Bool

  public init(_ name: String, at place: Int, keepsZeros: Bool = false) {
    (self.name, self.place, self.keepsZeros) = (name, place, keepsZeros)
  }
}

extension GraphUnit {
  public var patches: Int { 1 }
  public var firstStep: Int { 0 }
  public func rest(_ rows: Int) -> [Tensor] { [] }
  public mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? { nil }
  public func arrays() throws -> OrderedDictionary<String, HostArray> { [:] }
  public var tensors: [Tensor] { [] }
  public func with(_ tensors: [Tensor]) -> Self { self }
  public func isDrawn(as other: any GraphUnit) -> Bool { tensors.isEmpty && other.tensors.isEmpty }
  public var undifferentiable: ReservoirError? { nil }
  public func keeping(_ tensors: [Tensor]) throws -> Self { with(tensors) }

  public var trainedWeights: [TrainedWeight] {
    tensors.enumerated().filter { $1.dtype.isFloatingPoint }.enumerated().map { number, weight in
      TrainedWeight("weight\(number + 1)", at: weight.offset)
    }
  }

  public func stacked(with others: [any GraphUnit]) throws -> [Tensor] {
    let all = [tensors] + others.map(\.tensors)
    guard Set(all.map { $0.map(\.shape) }).count == 1 else {
      throw ReservoirError.differentMembers("the weights of '\(Self.self)' differ in their shapes")
    }
    return tensors.indices.map { place in Tensor.stack(all.map { $0[place] }) }
  }

  public func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let given = signals.parts
    let looped = scan(carry: state, over: given.compactMap { $0?.moveAxis(from: 1, to: 0) }) { carry, elements in
      let next = step(carry, NodeSignals(given.placing(elements)))
      return (next.state, [next.output])
    }
    return (looped.carry, looped.outputs[0].moveAxis(from: 0, to: 1))
  }
}
