import Layers

/// A node in a network, or a delay that feeds back.
struct NetworkPart: Sendable {
  enum Role: Sendable {
    case input(channels: [Int])
    case delay(steps: Int)
    case unit(any GraphUnit)
    case readout(any ReadoutRule)
  }

  let name: String
  var role: Role
  let reads: [Int]
  /// Places of the delays that feed it.
  let fedBack: [Int]
  let adds: Int?
  /// The numbers that it puts out.
  let width: Int
  /// Parts with a readout in common, of what it puts out or, for a readout, of what it reads.
  let patches: Int

  var rule: (any ReadoutRule)? { if case .readout(let rule) = role { rule } else { nil } }
  var unit: (any GraphUnit)? { if case .unit(let unit) = role { unit } else { nil } }
  var isDelay: Bool { if case .delay = role { true } else { false } }
  var sources: [Int] { reads + fedBack + [adds].compactMap(\.self) }

  func rest(_ rows: Int, dtype: DType) -> [Tensor] {
    switch role {
    case .delay(let steps): [.zeros([rows, steps, width], dtype: dtype)]
    case .unit(let unit): unit.rest(rows)
    case .input, .readout: []
    }
  }

  var stateCount: Int {
    switch role {
    case .delay: 1
    case .unit(let unit): unit.rest(1).count
    case .input, .readout: 0
    }
  }
}

extension NetworkPart {
  /// The parts of a graph: its nodes, then a delay for each feedback.
  static func parts(
    of graph: NodeGraph, inputs: Int, outputs: Int,
    unit: (any GraphNode, (inputs: Int, fedBack: Int), String, Int) throws -> any GraphUnit
  ) throws -> [NetworkPart] {
    let (entries, names) = (graph.entries, graph.names)
    guard !entries.isEmpty else { throw ReservoirError.graph("it has no nodes") }
    if let (name, _) = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 }) {
      throw ReservoirError.graph("two nodes have the name '\(name)': give them others")
    }
    guard (0...100_000).contains(inputs), (1...100_000).contains(outputs), graph.hasInput == (inputs > 0) else {
      throw ReservoirError.graph(
        "\(inputs) inputs and \(outputs) outputs: give 1 output or more, and inputs to a graph with a node 'input'")
    }
    var (widths, units) = ([Int?](repeating: nil, count: entries.count), [Int: any GraphUnit]())
    func sum(_ places: [Int]) -> Int? {
      places.reduce(0) { total, place in total.flatMap { t in widths[place].map { t + $0 } } }
    }
    func make(_ place: Int, _ node: any GraphNode) throws -> (any GraphUnit)? {
      guard let read = sum(entries[place].reads), let fedBack = sum(entries[place].fedBack) else { return nil }
      let index = entries[..<place].count { ($0.node.content as? any GraphNode)?.fixedWidth != nil }
      return try unit(node, (read, fedBack), names[place], index)
    }
    for (place, entry) in entries.enumerated() {
      widths[place] =
        switch entry.node.content {
        case let input as Input: input.channels.isEmpty ? inputs : input.channels.count
        case let node as any GraphNode: node.fixedWidth
        case is any ReadoutRule: entry.node.outputs ?? outputs
        default: nil
        }
    }
    // What depends on what it reads, from what is known on.
    for _ in entries {
      for (place, entry) in entries.enumerated() where widths[place] == nil {
        switch entry.node.content {
        case is Delay: widths[place] = sum(entry.reads + entry.fedBack)
        case let node as any GraphNode:
          units[place] = try make(place, node)
          widths[place] = units[place]?.outputs
        default: widths[place] = sum(entry.reads + entry.fedBack)
        }
      }
    }
    if let open = widths.firstIndex(of: nil) {
      throw ReservoirError.graph("the numbers that '\(names[open])' reads depend on themselves")
    }
    for (place, entry) in entries.enumerated() where units[place] == nil {
      if let node = entry.node.content as? any GraphNode { units[place] = try make(place, node) }
    }
    var delays: [NetworkPart] = []
    var parts: [NetworkPart] = []
    for (place, entry) in entries.enumerated() {
      let width = widths[place] ?? 0
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
      let role: Role
      var patches = units[place]?.patches ?? 1
      switch entry.node.content {
      case let input as Input:
        guard input.channels.allSatisfy({ (0..<inputs).contains($0) }) else {
          throw ReservoirError.graph("'\(names[place])' takes the channels \(input.channels), but there are \(inputs)")
        }
        role = .input(channels: input.channels)
      case let delay as Delay:
        guard delay.steps >= 1 else {
          throw ReservoirError.setting(name: "steps", value: "\(delay.steps)", allowed: "1 or more")
        }
        role = .delay(steps: delay.steps)
      case let rule as any ReadoutRule:
        let read = (entry.reads + feeds.map { _ in -1 }).map { $0 < 0 ? 1 : units[$0]?.patches ?? 1 }
        patches = read.first ?? 1
        guard Set(read).count == 1, width % patches == 0 else {
          throw ReservoirError.graph(
            "'\(names[place])' has \(width) outputs and reads nodes of \(read) patches: patches must be as many in each, "
              + "and divide the outputs")
        }
        role = .readout(rule)
      case let activation as any Activation: role = .unit(ActivationUnit(activation: activation, outputs: width))
      default:
        guard let unit = units[place] else { throw ReservoirError.graph("'\(names[place])' can't be made") }
        role = .unit(unit)
      }
      if let base = entry.adds, !(entry.node.content is any ReadoutRule) || widths[base] != width {
        throw ReservoirError.graph(
          "'\(names[place])' is added to '\(names[base])': only a readout can be, to as many numbers as it puts out")
      }
      parts.append(
        NetworkPart(
          name: names[place], role: role, reads: entry.reads, fedBack: feeds, adds: entry.adds, width: width,
          patches: patches))
    }
    return parts + delays
  }

  /// - Throws: ``ReservoirError/cycle(nodes:)``.
  static func checkOrder(of parts: [NetworkPart]) throws(ReservoirError) {
    guard stepOrder(of: parts) == nil else { return }
    let (placed, _) = order(of: parts) { parts[$0].isDelay ? [] : parts[$0].sources }
    throw .cycle(nodes: parts.indices.filter { !placed.contains($0) }.map { parts[$0].name })
  }

  /// The order in which a step computes its parts: each after those that it reads, delays first of all.
  static func stepOrder(of parts: [NetworkPart]) -> [Int]? {
    let (placed, isWhole) = order(of: parts) { parts[$0].isDelay ? [] : parts[$0].sources }
    return isWhole ? placed : nil
  }

  /// The order in which parts run over a whole series, one after the other.
  /// - Parameter known: parts whose outputs are given.
  /// - Returns: nil if some depend on each other.
  static func seriesOrder(of parts: [NetworkPart], known: Set<Int>) -> [Int]? {
    let (placed, isWhole) = order(of: parts) { parts[$0].sources.filter { !known.contains($0) } }
    return isWhole ? placed : nil
  }

  private static func order(
    of parts: [NetworkPart], after sources: (Int) -> [Int]
  ) -> (placed: [Int], isWhole: Bool) {
    var (placed, isPlaced) = ([Int](), [Bool](repeating: false, count: parts.count))
    while let next = parts.indices.first(where: { place in
      !isPlaced[place] && sources(place).allSatisfy { isPlaced[$0] }
    }) {
      placed.append(next)
      isPlaced[next] = true
    }
    return (placed, placed.count == parts.count)
  }
}
