import Layers

/// Connects nodes: what stands on the left is read by what stands on the right. Swift's own `>>` can't be chained.
infix operator >>> : AdditionPrecedence

/// What can stand in a ``NodeGraph``: a graph, a ``Node``, or what a node does.
public protocol GraphPart: Sendable {
  var graph: NodeGraph { get }
}

/// A node of a ``NodeGraph``, which several others can read.
///
/// ```swift
/// let (slow, fast) = (Node(Reservoir(units: 80)), Node(Reservoir(units: 120), name: "fast"))
/// let graph = Input() >>> [slow, fast] >>> RidgeRegression(lambda: 1e-6)
/// ```
public final class Node: GraphPart {
  /// Nil for the kind of node, numbered where there are several: `reservoir2`.
  public let name: String?
  /// Numbers of a readout; nil for those of the network.
  public let outputs: Int?
  /// A ``GraphNode``, ``ReadoutRule`` or `Activation`.
  let content: any Configurable

  public init(_ node: any GraphNode, name: String? = nil) { (content, self.name, outputs) = (node, name, nil) }

  public init(_ activation: any Activation, name: String? = nil) {
    (content, self.name, outputs) = (activation, name, nil)
  }

  public init(_ readout: any ReadoutRule, name: String? = nil, outputs: Int? = nil) {
    (content, self.name, self.outputs) = (readout, name, outputs)
  }

  init(content: any Configurable, name: String?, outputs: Int?) {
    (self.content, self.name, self.outputs) = (content, name, outputs)
  }

  public var graph: NodeGraph { NodeGraph([NodeGraph.Entry(node: self)]) }
  var isInput: Bool { content is Input }
}

/// Nodes, and which of them read which: reservoirs one after the other or side by side, readouts, delays, feedback.
///
/// ```swift
/// let readout = Node(RidgeRegression(lambda: 1e-6))
/// let deep = Input() >>> Reservoir(units: 100) >>> Reservoir(units: 100) >>> readout
/// let wide = Input() >>> [Reservoir(units: 100), Reservoir(units: 50)] >>> readout
/// let reservoir = Node(Reservoir(units: 100))
/// let fed = (Input() >>> reservoir >>> readout).feedingBack(readout, to: reservoir)
/// let network = try NodeNetwork(fed, inputs: 1, outputs: 1)
/// ```
/// In plans and commands a list is a chain, a list in it stands side by side, one in that is a chain again:
/// `[input, [reservoir(units: 100), reservoir(units: 50)], ridge]`. `node(…)` gives a node a name and other connections.
public struct NodeGraph: GraphPart {
  struct Entry: Sendable {
    var node: Node
    /// Places of the nodes whose outputs it takes, side by side.
    var reads: [Int] = []
    /// Places of those whose outputs of the step before it takes.
    var fedBack: [Int] = []
    /// The place of the node whose output a readout's is added to.
    var adds: Int?
  }

  var entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries }

  public var graph: NodeGraph { self }

  /// The nodes' names, in their order.
  public var names: [String] {
    let kinds = entries.map { type(of: $0.node.content).name }
    var seen: [String: Int] = [:]
    return entries.indices.map { place in
      seen[kinds[place], default: 0] += 1
      let number = kinds.count { $0 == kinds[place] } > 1 ? "\(seen[kinds[place]] ?? 1)" : ""
      return entries[place].node.name ?? kinds[place] + number
    }
  }

  /// Whether it has an ``Input``.
  public var hasInput: Bool { entries.contains { $0.node.isInput } }

  /// Places of the nodes that no other one reads.
  var ends: [Int] {
    let read = Set(entries.flatMap(\.reads))
    return entries.indices.filter { !read.contains($0) }
  }

  /// Places of the nodes that read nothing yet.
  private var starts: [Int] { entries.indices.filter { entries[$0].reads.isEmpty && !entries[$0].node.isInput } }

  /// Both graphs; a node that is in both is one node.
  public func merged(with other: some GraphPart) -> NodeGraph { merging(other.graph).graph }

  /// - Returns: the merged graph, and the other graph's places in it.
  private func merging(_ other: NodeGraph) -> (graph: NodeGraph, places: [Int]) {
    var all = entries
    let places = other.entries.map { entry in
      if let known = all.firstIndex(where: { $0.node === entry.node }) { return known }
      all.append(Entry(node: entry.node))
      return all.count - 1
    }
    for (place, entry) in zip(places, other.entries) {
      for read in entry.reads.map({ places[$0] }) where !all[place].reads.contains(read) {
        all[place].reads.append(read)
      }
      for source in entry.fedBack.map({ places[$0] }) where !all[place].fedBack.contains(source) {
        all[place].fedBack.append(source)
      }
      if let base = entry.adds { all[place].adds = places[base] }
    }
    return (NodeGraph(all), places)
  }

  /// Connects this graph's ends to the starts of another.
  func linked(to other: NodeGraph) -> NodeGraph {
    var (linked, places) = merging(other)
    for start in other.starts.map({ places[$0] }) {
      for end in ends where !linked.entries[start].reads.contains(end) { linked.entries[start].reads.append(end) }
    }
    return linked
  }

  /// The graph in which each step of `target` also takes what `source` put out in the step before.
  ///
  /// While readouts are fitted, the teacher's values stand for what a readout puts out.
  public func feedingBack(_ source: Node, to target: Node) -> NodeGraph {
    let (graph, places) = merging(NodeGraph([Entry(node: source), Entry(node: target)]))
    var fed = graph
    if !fed.entries[places[1]].fedBack.contains(places[0]) { fed.entries[places[1]].fedBack.append(places[0]) }
    return fed
  }

  /// The graph in which a readout gives the difference from another node's output, to which it is added.
  public func adding(_ base: Node, to readout: Node) -> NodeGraph {
    let (graph, places) = merging(NodeGraph([Entry(node: base), Entry(node: readout)]))
    var added = graph
    added.entries[places[1]].adds = places[0]
    return added
  }
}

/// What `left` puts out is read by `right`.
public func >>> (left: any GraphPart, right: any GraphPart) -> NodeGraph { left.graph.linked(to: right.graph) }

/// What `left` puts out is what the readout learns from.
public func >>> (left: any GraphPart, right: any ReadoutRule) -> NodeGraph { left >>> Node(right) }

/// What `left` puts out is read by each of several nodes.
public func >>> (left: any GraphPart, right: [any GraphPart]) -> NodeGraph { left.graph.linked(to: right.sideBySide) }

/// What several nodes put out, side by side, is read by `right`.
public func >>> (left: [any GraphPart], right: any GraphPart) -> NodeGraph {
  left.sideBySide.linked(to: right.graph)
}

/// What several nodes put out, side by side, is what the readout learns from.
public func >>> (left: [any GraphPart], right: any ReadoutRule) -> NodeGraph { left >>> Node(right) }

extension [any GraphPart] {
  fileprivate var sideBySide: NodeGraph { reduce(NodeGraph([])) { $0.merged(with: $1.graph) } }
}
