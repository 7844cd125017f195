/// A function in the terms of [ONNX](https://onnx.ai), a format in which programs exchange trained models: operators of
/// the standard's version ``opset``, and constants. ``init(_:names:inputs:outputs:)`` makes one of a traced function.
package struct ONNXGraph: Sendable {
  /// The version of the standard's operators: the first in which all reductions take their axes as an input.
  package static let opset = 18

  package let body: ONNXBody
  /// Parameters and other arrays that don't depend on the inputs, by the names that operators know them by.
  package let constants: [(name: String, tensor: Tensor)]
}

/// Operators in an order in which each comes after those that it depends on, with what goes in and out: a graph, or the
/// body of a loop inside of one.
package struct ONNXBody: Sendable, Hashable {
  package internal(set) var nodes: [ONNXNode]
  package let inputs: [ONNXArgument]
  package let outputs: [ONNXArgument]
}

/// A tensor that goes into a graph or comes out of it.
package struct ONNXArgument: Sendable, Hashable {
  package let name: String
  package let dtype: DType
  package let shape: [SymbolicExtent]
}

/// One application of an operator.
package struct ONNXNode: Sendable, Hashable {
  /// The layer's path and the operator, with a number where a layer has several: `conv1/Conv`.
  package let name: String
  /// The operator's name in the standard.
  package let type: String
  package internal(set) var inputs: [String]
  package internal(set) var outputs: [String]
  package internal(set) var attributes: [String: ONNXAttribute]
}

package indirect enum ONNXAttribute: Sendable, Hashable {
  case integer(Int)
  case integers([Int])
  case number(Float)
  case text(String)
  case body(ONNXBody)
}

extension ONNXBody {
  /// Without operators whose results nothing reads.
  func pruned() -> ONNXBody {
    var used = Set(outputs.map(\.name))
    var kept: [ONNXNode] = []
    for node in nodes.reversed() where !used.isDisjoint(with: node.outputs) {
      used.formUnion(node.inputs)
      for case .body(let body) in node.attributes.values { used.formUnion(body.mentioned) }
      kept.append(node)
    }
    var body = self
    body.nodes = kept.reversed()
    return body
  }

  /// All names that operators read, those of enclosing graphs among them.
  var mentioned: Set<String> {
    nodes.reduce(into: Set(outputs.map(\.name))) { names, node in
      names.formUnion(node.inputs)
      for case .body(let body) in node.attributes.values { names.formUnion(body.mentioned) }
    }
  }

  /// With some values under other names.
  func renaming(_ names: [String: String]) -> ONNXBody {
    func renamed(_ list: [String]) -> [String] { list.map { names[$0] ?? $0 } }
    var body = self
    body.nodes = nodes.map { node in
      var node = node
      (node.inputs, node.outputs) = (renamed(node.inputs), renamed(node.outputs))
      node.attributes = node.attributes.mapValues { attribute in
        if case .body(let inner) = attribute { return .body(inner.renaming(names)) }
        return attribute
      }
      return node
    }
    return body
  }
}

extension ONNXGraph {
  /// Translates a function.
  ///
  /// - Parameters:
  ///   - traces: of the same function. If they are for several batch sizes, the graph is for batches of any size;
  ///     otherwise for those of the one size.
  ///   - names: of arrays that the function uses from outside, such as parameters.
  ///   - inputs: the names of the function's parameters.
  ///   - outputs: the names of its results.
  /// - Throws: `Diagnostic` with the operation and the layer's path for an operation that ONNX has no form for, and for
  ///   one whose attributes depend on the batch size.
  package init(
    _ traces: [TracedFunction], names: [(name: String, tensor: Tensor)], inputs: [String], outputs: [String]
  ) throws {
    let shapes = try SymbolicShapes(traces)
    let graphs = try traces.map { trace in
      var writer = ONNXWriter(shapes: shapes, names: names)
      return try writer.graph(of: trace, inputs: inputs, outputs: outputs)
    }
    guard let first = graphs.first else {
      throw Diagnostic(operation: "export", message: "needs a trace of the function", file: nil)
    }
    // All extents are functions of the batch size by now, so that graphs which still differ depend on it otherwise.
    for other in graphs.dropFirst() { try first.check(other) }
    self = first
  }

  /// - Throws: unless `other` computes the same.
  private func check(_ other: ONNXGraph) throws {
    func differs(_ name: String) -> Diagnostic {
      let parts = name.split(separator: "/")
      return Diagnostic(
        operation: parts.last.map(String.init) ?? name,
        message: "depends on the batch size by more than its extents: export the model for batches of one size",
        path: parts.dropLast().joined(separator: "/"), file: nil)
    }
    for (mine, theirs) in zip(body.nodes, other.body.nodes) where mine != theirs { throw differs(mine.name) }
    for (mine, theirs) in zip(constants, other.constants) {
      let isSame =
        mine.name == theirs.name
        && (mine.tensor.id == theirs.tensor.id || agree([[mine.tensor], [theirs.tensor]]))
      if !isSame { throw differs(mine.name) }
    }
    guard body == other.body, constants.count == other.constants.count else {
      throw differs(body.outputs.first?.name ?? "export")
    }
  }
}
