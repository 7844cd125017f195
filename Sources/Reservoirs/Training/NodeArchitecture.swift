import Configuration
import Layers

/// A network of nodes as a model by name, all of whose weights are trained: `model: nodes([input, reservoir(units: 100), ridge])`.
///
/// Its nodes are drawn by the run's seed, as an experiment with this `network` draws them; readouts begin at random and are
/// trained whatever their rule. It takes sequences `[time, features]`, or `[time]` of one number a step. Where targets are
/// `[time, outputs]` too, it puts out every step, else the last one. See ``ReservoirLayer``.
public struct NodeArchitecture: Architecture {
  public static let declaration = Declaration(
    "nodes", "a network of nodes for sequences of numbers, all of whose weights are trained",
    standard: NodeArchitecture(NodeGraph([])),
    settings: [
      .required(
        "network", \.graph, nodes, "the nodes",
        example: "nodes([input, reservoir(units: 100), ridge])"),
      Setting("keepsReservoir", \.keepsReservoir, .flag, "whether only the readouts are trained"),
      Setting(
        "washout", \.washout, .integer(in: 0...1_000_000),
        "steps at the start of each sequence whose outputs are left out, as their targets must be"),
    ])

  private static let nodes = SettingFormat<NodeGraph?>.network
    .map({ $0 ?? NodeGraph([]) }, back: { $0 }).checked("a list of nodes") { !$0.names.isEmpty }

  public var graph: NodeGraph
  public var keepsReservoir: Bool
  public var washout: Int

  public init(_ graph: some GraphPart, keepsReservoir: Bool = false, washout: Int = 0) {
    (self.graph, self.keepsReservoir, self.washout) = (graph.graph, keepsReservoir, washout)
  }

  public var isDrawnBySeed: Bool { true }

  public func model(outputs: Int) -> any Layer { model(for: ModelInputs(), outputs: outputs) }

  public func model(for inputs: ModelInputs, outputs: Int) -> any Layer {
    guard let shape = inputs.shape, (1...2).contains(shape.count) else {
      return UndrawnModel(reason: "takes sequences [batch, time, features], whose shape it is drawn for")
    }
    let (isSequence, channels) = (inputs.targets.count == 2, shape.count == 2 ? shape[1] : 1)
    do {
      let network = try NodeNetwork(
        graph, inputs: graph.hasInput ? channels : 0, outputs: isSequence ? inputs.targets[1] : outputs,
        draws: .keyed(seed: UInt64(bitPattern: Int64(inputs.seed))))
      let layer = try ReservoirLayer(
        network, keepsReservoir: keepsReservoir, washout: washout, result: isSequence ? .sequence : .last)
      return NodeModel(layer: layer)
    } catch {
      return UndrawnModel(reason: "\(error)")
    }
  }
}

/// A network of nodes that was drawn.
private struct NodeModel: Layer {
  let layer: ReservoirLayer

  var label: String { NodeArchitecture.name }

  /// A series of one number a step has no axis of features.
  func forward(_ x: Tensor, in scope: Scope) -> Tensor { layer.forward(x.rank == 2 ? x.expand(at: 2) : x, in: scope) }
}

/// A model that fails in the trace with the reason why its network couldn't be drawn.
private struct UndrawnModel: Layer {
  let reason: String

  var label: String { NodeArchitecture.name }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    .failed(Diagnostic(operation: label, message: reason, inputs: [x.type]))
  }
}

extension Registry where Entry == any Architecture {
  /// Every model there is, by name: those of layers, and networks of nodes.
  public static var models: Registry {
    Registry(kind: all.kind, all.types + [NodeArchitecture.self])
  }
}
