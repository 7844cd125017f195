import Layers

/// A node with a name or connections of its own, as plans write it: `node(ridge, as: out, reads: [a, b])`.
struct ConnectedNode: Configurable {
  static let declaration = Declaration(
    "node", "a node with a name or other connections", standard: ConnectedNode(),
    settings: [
      .required("node", \.content, .method(in: { contents }), "the node", example: "node(reservoir, as: a)"),
      Setting("as", \.label, .optional(.text, none: "default", standing: ""), "its name, that others read it by"),
      Setting(
        "reads", \.reads, .optional(.texts, none: "previous", standing: []), "names of the nodes whose outputs it takes"
      ),
      Setting("feedback", \.feedback, .texts, "names of those whose outputs of the step before it takes"),
      Setting("adds", \.base, .optional(.text, standing: ""), "the node whose output a readout's is added to"),
      Setting(
        "outputs", \.outputs, .optional(.integer(in: 1...100_000), none: "targets", standing: 1),
        "numbers of a readout"),
    ], unnamed: 2)

  var content: any Configurable = Missing()
  var label: String?
  var reads: [String]?
  var feedback: [String] = []
  var base: String?
  var outputs: Int?

  /// What stands for the node before it is read: no node that could be written.
  private struct Missing: Configurable {
    static let declaration = Declaration("missing", "no node", standard: Missing())
  }

  /// What a node can be, by name.
  static var contents: Registry<any Configurable> {
    Registry(
      kind: "Node",
      Registry<any GraphNode>.all.types + Registry<any ReadoutRule>.all.types + Registry<any Activation>.all.types)
  }

  /// The same, and a node with connections.
  static var registry: Registry<any Configurable> { Registry(kind: "Node", [ConnectedNode.self] + contents.types) }
}

extension NodeGraph {
  /// The graph of a list as people write it: `[input, reservoir(units: 500), ridge]`.
  /// - Throws: `ConfigurationError` for text that can't be read, and for unknown nodes, names and settings.
  public init(parsing text: String, origin: String = "") throws(ConfigurationError) {
    var options = Options(["network": try OptionValue(parsing: text, origin: origin)], origin: origin)
    self = try options.value("network", .network, default: nil) ?? NodeGraph([])
  }

  /// - Throws: `ConfigurationError`.
  init(_ list: [OptionValue], origin: String) throws(ConfigurationError) {
    var reader = NodeListReader(origin: origin)
    _ = try reader.chain(list)
    self.init(reader.entries)
    let names = names
    if let (name, _) = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 }) {
      throw .invalid(message: "two nodes have the name '\(name)'", origin: origin)
    }
    func place(_ name: String) throws(ConfigurationError) -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw .unknownName(kind: "Node", name: name, known: names, origin: origin)
      }
      return place
    }
    for (index, node) in reader.nodes.enumerated() {
      if let reads = node?.reads {
        entries[index].reads = []
        for name in reads { entries[index].reads.append(try place(name)) }
      }
      for name in node?.feedback ?? [] { entries[index].fedBack.append(try place(name)) }
      if let base = node?.base { entries[index].adds = try place(base) }
    }
  }

  /// The graph as people write it, its nodes one after the other: what ``init(parsing:origin:)`` reads.
  /// - Throws: `ConfigurationError` for a node without notation.
  public var text: String {
    get throws(ConfigurationError) { OptionValue.list(try list).description }
  }

  /// The nodes one after the other.
  /// - Throws: `ConfigurationError` for a node without notation.
  var list: [OptionValue] {
    get throws(ConfigurationError) {
      let names = names
      var values: [OptionValue] = []
      for (index, entry) in entries.enumerated() {
        var node = ConnectedNode(content: entry.node.content, label: entry.node.name)
        let usual = index == 0 || entry.node.isInput ? [] : [index - 1]
        if entry.reads != usual { node.reads = entry.reads.map { names[$0] } }
        node.feedback = entry.fedBack.map { names[$0] }
        node.base = entry.adds.map { names[$0] }
        node.outputs = entry.node.outputs
        let spec = try node.spec()
        let isPlain = spec.options.pairs.count == 1
        values.append(isPlain ? try OptionValue(method: entry.node.content) : .choice(spec))
      }
      return values
    }
  }
}

/// Reads lists of nodes: a chain of what stands side by side, each of which may be a chain again.
private struct NodeListReader {
  let origin: String
  var entries: [NodeGraph.Entry] = []
  /// For each entry the settings of its connections, if it has any.
  var nodes: [ConnectedNode?] = []

  /// What a list begins and ends with, by places.
  typealias Ends = (starts: [Int], ends: [Int])

  mutating func chain(_ list: [OptionValue]) throws(ConfigurationError) -> Ends {
    var whole: Ends?
    for value in list {
      let part = try element(value) { (reader, list) throws(ConfigurationError) in try reader.sideBySide(list) }
      if let before = whole?.ends {
        for start in part.starts where !entries[start].node.isInput { entries[start].reads += before }
      }
      whole = (whole?.starts ?? part.starts, part.ends)
    }
    guard let whole else {
      throw .invalid(message: "a list of nodes is empty: [input, reservoir(units: 500), ridge]", origin: origin)
    }
    return whole
  }

  private mutating func sideBySide(_ list: [OptionValue]) throws(ConfigurationError) -> Ends {
    var whole: Ends = ([], [])
    for value in list {
      let part = try element(value) { (reader, list) throws(ConfigurationError) in try reader.chain(list) }
      whole = (whole.starts + part.starts, whole.ends + part.ends)
    }
    return whole
  }

  private mutating func element(
    _ value: OptionValue, list: (inout NodeListReader, [OptionValue]) throws(ConfigurationError) -> Ends
  ) throws(ConfigurationError) -> Ends {
    if case .list(let values) = value { return try list(&self, values) }
    var options = Options(["node": value], origin: origin)
    let made = try ConnectedNode.registry.build(options.choice("node", default: MethodSpec("")))
    let connected = made as? ConnectedNode
    let node = Node(content: connected?.content ?? made, name: connected?.label, outputs: connected?.outputs)
    entries.append(NodeGraph.Entry(node: node))
    nodes.append(connected)
    return ([entries.count - 1], [entries.count - 1])
  }
}

extension SettingFormat where Value == NodeGraph? {
  /// A list of nodes, or none.
  public static var network: SettingFormat {
    SettingFormat(
      "a list of nodes, or none",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard options.has(key) else {
          _ = options.take(key)
          return fallback
        }
        let (value, origin) = (try options.peek(key), options.origin(of: key))
        _ = options.take(key)
        if value == .text("none") { return nil }
        guard case .list(let list)? = value else {
          throw .invalid(
            message: "'\(key)' is a list of nodes: \(key): [input, reservoir(units: 500), ridge]", origin: origin)
        }
        return try NodeGraph(list, origin: origin)
      },
      write: { (graph) throws(ConfigurationError) in
        try graph.map { (graph) throws(ConfigurationError) in
          .list(try graph.list)
        } ?? .text("none")
      })
  }
}
