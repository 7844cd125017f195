import Layers

/// Makes the parts of a network: of each node one, then a delay for each feedback.
struct NetworkParts {
  /// Makes a node at a place, by its name and its number among those that draw weights.
  typealias MakeUnit = (
    _ node: any GraphNode, _ place: (inputs: Int, fedBack: Int), _ name: String, _ index: Int
  ) throws -> any GraphUnit

  private let entries: [NodeGraph.Entry]
  private let names: [String]
  private let inputs: Int
  private let make: MakeUnit
  /// By nodes; nil as long as they aren't known.
  private var widths: [Int?]
  private var units: [Int: any GraphUnit] = [:]
  private(set) var all: [NetworkPart] = []

  /// - Throws: ``ReservoirError/graph(_:)`` for nodes that don't fit together.
  init(of graph: NodeGraph, inputs: Int, outputs: Int, make: @escaping MakeUnit) throws {
    (entries, names, self.inputs, self.make) = (graph.entries, graph.names, inputs, make)
    guard !entries.isEmpty else { throw ReservoirError.graph("it has no nodes") }
    if let (name, _) = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 }) {
      throw ReservoirError.graph("two nodes have the name '\(name)': give them others")
    }
    guard (0...100_000).contains(inputs), (1...100_000).contains(outputs), graph.hasInput == (inputs > 0) else {
      throw ReservoirError.graph(
        "\(inputs) inputs and \(outputs) outputs: give 1 output or more, and inputs to a graph with a node 'input'")
    }
    widths = entries.map { entry in
      switch entry.node.content {
      case let input as Input: input.channels.isEmpty ? inputs : input.channels.count
      case let node as any GraphNode: node.fixedWidth
      case is any ReadoutRule: entry.node.outputs ?? outputs
      default: nil
      }
    }
    try resolveWidths()
    try makeParts()
  }

  /// The numbers that several nodes put out together; nil as long as one isn't known.
  private func width(of places: [Int]) -> Int? {
    places.reduce(0) { total, place in total.flatMap { known in widths[place].map { known + $0 } } }
  }

  /// What depends on what it reads, from what is known on.
  private mutating func resolveWidths() throws {
    for _ in entries {
      for (place, entry) in entries.enumerated() where widths[place] == nil {
        if !(entry.node.content is Delay), let node = entry.node.content as? any GraphNode {
          units[place] = try unit(of: node, at: place)
          widths[place] = units[place]?.outputs
        } else {
          widths[place] = width(of: entry.reads + entry.fedBack)
        }
      }
    }
    if let open = widths.firstIndex(of: nil) {
      throw ReservoirError.graph("the numbers that '\(names[open])' reads depend on themselves")
    }
  }

  private func unit(of node: any GraphNode, at place: Int) throws -> (any GraphUnit)? {
    guard let read = width(of: entries[place].reads), let fedBack = width(of: entries[place].fedBack) else {
      return nil
    }
    let index = entries[..<place].count { ($0.node.content as? any GraphNode)?.fixedWidth != nil }
    return try make(node, (read, fedBack), names[place], index)
  }

  private mutating func makeParts() throws {
    for (place, entry) in entries.enumerated() where units[place] == nil {
      if let node = entry.node.content as? any GraphNode { units[place] = try unit(of: node, at: place) }
    }
    var delays: [NetworkPart] = []
    for (place, entry) in entries.enumerated() {
      guard entry.node.isInput || !(entry.reads + entry.fedBack).isEmpty else {
        throw ReservoirError.graph("'\(names[place])' reads nothing: put it behind a node, or feed one back to it")
      }
      let feeds = entry.fedBack.map { source in
        delays.append(
          NetworkPart(
            name: "\(names[source]) fed back to \(names[place])", role: .delay(steps: 1), reads: [source], fedBack: [],
            adds: nil, width: widths[source] ?? 0, patches: 1))
        return entries.count + delays.count - 1
      }
      if let base = entry.adds, !(entry.node.content is any ReadoutRule) || widths[base] != widths[place] {
        throw ReservoirError.graph(
          "'\(names[place])' is added to '\(names[base])': only a readout can be, to as many numbers as it puts out")
      }
      all.append(
        NetworkPart(
          name: names[place], role: try role(at: place), reads: entry.reads, fedBack: feeds, adds: entry.adds,
          width: widths[place] ?? 0, patches: try patches(at: place)))
    }
    all += delays
  }

  private func role(at place: Int) throws -> NetworkPart.Role {
    switch entries[place].node.content {
    case let input as Input:
      guard input.channels.allSatisfy({ (0..<inputs).contains($0) }) else {
        throw ReservoirError.graph("'\(names[place])' takes the channels \(input.channels), but there are \(inputs)")
      }
      return .input(channels: input.channels)
    case let delay as Delay:
      guard delay.steps >= 1 else {
        throw ReservoirError.setting(name: "steps", value: "\(delay.steps)", allowed: "1 or more")
      }
      return .delay(steps: delay.steps)
    case let rule as any ReadoutRule: return .readout(rule)
    case let activation as any Activation:
      return .unit(ActivationUnit(activation: activation, outputs: widths[place] ?? 0))
    default:
      guard let unit = units[place] else { throw ReservoirError.graph("'\(names[place])' can't be made") }
      return .unit(unit)
    }
  }

  /// Of what a node puts out; of a readout those of what it reads.
  private func patches(at place: Int) throws(ReservoirError) -> Int {
    guard entries[place].node.content is any ReadoutRule else { return units[place]?.patches ?? 1 }
    let read = entries[place].reads.map { units[$0]?.patches ?? 1 } + entries[place].fedBack.map { _ in 1 }
    guard Set(read).count == 1, let patches = read.first, (widths[place] ?? 0) % patches == 0 else {
      throw .graph(
        "'\(names[place])' has \(widths[place] ?? 0) outputs and reads nodes of \(read) patches: patches must be as many in "
          + "each, and divide the outputs")
    }
    return patches
  }
}
