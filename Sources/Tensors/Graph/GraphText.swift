extension Tensor: CustomStringConvertible {
  /// The type and the operation: `float32[2, 3] from matmul`, or the ``Diagnostic``.
  public var description: String {
    diagnostic?.description ?? "\(dtype)\(shape) from \(Swift.type(of: node.primitive).name)"
  }

  /// The graph that computes this tensor, a line per operation, inputs first.
  ///
  /// ```swift
  /// let x = Tensor([1, 2, 3] as [Float])
  /// print((x * 2 + 1).sum().graph)
  /// // %1 = constant([1.0, 2.0, 3.0]): float32[3]
  /// // %2 = constant(2.0): float32[]
  /// // …
  /// ```
  ///
  /// With ``TraceContext/recordsLines`` each line ends with the layer and the line that created the operation.
  public var graph: String { Tensor.graph(of: [self]) }

  /// The graph that computes several tensors; the last line names them.
  public static func graph(of tensors: [Tensor]) -> String {
    var text = GraphText()
    text.add(tensors, indentation: "")
    return text.lines.joined(separator: "\n")
  }
}

/// Writes a graph for people. What runs is ``Program/text``.
private struct GraphText {
  private(set) var lines: [String] = []
  private var names: [UInt64: String] = [:]

  mutating func add(_ results: [Tensor], indentation: String) {
    let known = names
    for node in nodes(leadingTo: results, stoppingAt: { known[$0.id] != nil }) { add(node, indentation) }
    lines.append("\(indentation)return \(results.map(name).joined(separator: ", "))")
  }

  private mutating func add(_ node: Node, _ indentation: String) {
    let name = "%\(names.count + 1)"
    names[node.id] = name
    let results = node.types.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
    let operands = (node.inputs.map(self.name) + attributes(of: node.primitive)).joined(separator: ", ")
    let origin = node.diagnostic?.description ?? node.origin.flatMap(comment)
    let bodies = Mirror(reflecting: node.primitive).children.compactMap { child in
      (child.value as? Subgraph).map { (child.label ?? "", $0) }
    }
    lines.append(
      "\(indentation)\(name) = \(type(of: node.primitive).name)(\(operands)): \(results)"
        + (bodies.isEmpty ? "" : " {") + (origin.map { "  // \($0)" } ?? ""))
    for (label, body) in bodies {
      for parameter in body.parameters { names[parameter.node.id] = "%\(names.count + 1)" }
      let arguments = body.parameters.map { "\(self.name($0)): \($0.dtype)\($0.shape)" }.joined(separator: ", ")
      lines.append("\(indentation)  \(label)(\(arguments)):")
      add(body.results, indentation: indentation + "    ")
    }
    if !bodies.isEmpty { lines.append(indentation + "}") }
  }

  private func name(_ tensor: Tensor) -> String {
    let name = names[tensor.node.id] ?? "?"
    return tensor.node.types.count > 1 ? "\(name)#\(tensor.result)" : name
  }

  private func comment(_ origin: Origin) -> String? {
    let parts = [origin.path, origin.location ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// A primitive's stored properties are its attributes.
  private func attributes(of primitive: any Primitive) -> [String] {
    if let constant = primitive as? Constant { return [constant.text] }
    return Mirror(reflecting: primitive).children.compactMap { child in
      guard let label = child.label, !(child.value is Subgraph || child.value is TensorType || primitive is DeviceArray)
      else { return nil }
      return "\(label): \(child.value)"
    }
  }
}
