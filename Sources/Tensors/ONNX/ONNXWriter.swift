/// Writes a traced function as a graph of ONNX operators.
package struct ONNXWriter {
  private let shapes: SymbolicShapes
  private let names: [TensorID: String]
  private var nodes: [ONNXNode] = []
  private var constants: [(name: String, tensor: Tensor)] = []
  private var table: [TensorID: ONNXValue] = [:]
  private var used: Set<TensorID> = []
  /// How often a name was given.
  private var counts: [String: Int] = [:]
  private var constantNames: [ConstantKey: String] = [:]
  /// Values in another order of axes, so that each order is written once.
  private var rearranged: [ONNXArrangement: ONNXValue] = [:]
  /// The name of the batch size, `int64[1]`.
  private var batchSize = ""
  /// The layer whose operation is being written.
  private var path = ""

  private enum ConstantKey: Hashable {
    case tensor(TensorID)
    case array(HostArray)
  }

  init(shapes: SymbolicShapes, names: [(name: String, tensor: Tensor)]) {
    self.shapes = shapes
    self.names = Dictionary(names.map { ($0.tensor.id, $0.name) }) { first, _ in first }
  }

  /// The whole function as a graph.
  mutating func graph(of trace: TracedFunction, inputs: [String], outputs: [String]) throws -> ONNXGraph {
    counts = Dictionary((inputs + outputs).map { ($0, 1) }) { first, _ in first }
    let arguments = zip(trace.parameters, inputs).map { argument($1, of: $0) }
    for (tensor, name) in zip(trace.parameters, inputs) { table[tensor.id] = ONNXValue(.named(name), type(of: tensor)) }
    for argument in arguments {
      guard batchSize.isEmpty, let axis = argument.shape.firstIndex(of: .batch) else { continue }
      batchSize = add("Shape", [argument.name], ["start": .integer(axis), "end": .integer(axis + 1)])
    }
    let own = Set(arguments.map(\.name))
    var renamed: [String: String] = [:]
    for (value, name) in zip(try write(trace.results), outputs) {
      let result = self.name(of: full(value))
      let isOwn = nodes.contains { $0.outputs.contains(result) } && !own.contains(result) && renamed[result] == nil
      // An input or a constant keeps its name, and so does a result that is returned twice.
      renamed[isOwn ? result : add("Identity", [result])] = name
    }
    let results = zip(trace.results, outputs).map { argument($1, of: $0) }
    let body = ONNXBody(nodes: nodes, inputs: arguments, outputs: results).renaming(renamed).pruned()
    let mentioned = body.mentioned
    return ONNXGraph(body: body, constants: constants.filter { mentioned.contains($0.name) })
  }

  private func argument(_ name: String, of tensor: Tensor) -> ONNXArgument {
    ONNXArgument(name: name, dtype: tensor.dtype, shape: shapes(tensor))
  }

  private func type(of tensor: Tensor) -> ONNXType { ONNXType(dtype: tensor.dtype, shape: shapes(tensor)) }
}

// MARK: Walking the traced graph

extension ONNXWriter {
  /// Writes what leads to tensors, except what was written before.
  private mutating func write(_ results: [Tensor]) throws -> [ONNXValue] {
    let known = Set(table.keys.map(\.node))
    let pending = Tensors.nodes(leadingTo: results, stoppingAt: { known.contains($0.id) })
    used.formUnion(results.map(\.id))
    for node in pending { used.formUnion(node.inputs.map(\.id)) }
    for node in pending {
      for (index, value) in try write(node).enumerated() { table[TensorID(node: node.id, result: index)] = value }
    }
    return results.compactMap { table[$0.id] }
  }

  private mutating func write(_ node: Node) throws -> [ONNXValue] {
    let results = node.types.indices.map { Tensor(node: node, result: $0) }
    let types = results.map(type)
    let inputs = node.inputs.compactMap { table[$0.id] }
    let outside = path
    defer { path = outside }
    if let own = node.origin?.path, !own.isEmpty { path = own }
    // What depends on no input is computed on export. Repeated arrays stay small.
    let isConstant = inputs.allSatisfy { $0.constant != nil } && types.allSatisfy { $0.shape.fixedShape != nil }
    if isConstant, !(node.primitive is Broadcast), !(node.primitive is Placeholder) {
      return zip(results, types).map { ONNXValue(.constant($0), $1) }
    }
    guard let operation = node.primitive as? any ONNXOperation, inputs.count == node.inputs.count else {
      throw node.inexpressible("has no form in ONNX: the model can't be exported while this operation is in it")
    }
    let call = ONNXCall(
      inputs: inputs, results: types, isUsed: results.map { used.contains($0.id) }, tensor: Tensor(node: node))
    do {
      return try operation.onnx(call, in: &self)
    } catch let error as ONNXFormError {
      throw node.inexpressible("has no form in ONNX: \(error.message)")
    }
  }

  /// Writes a traced function in place.
  mutating func inline(_ body: Subgraph, _ arguments: [ONNXValue]) throws -> [ONNXValue] {
    let outside = table
    defer { table = outside }
    for (tensor, value) in zip(body.parameters + body.captures, arguments) { table[tensor.id] = value }
    return try write(body.results)
  }

  /// Writes a traced function as a body of its own, which sees the values around it.
  ///
  /// - Parameters:
  ///   - captures: the values of what the function uses from outside.
  ///   - extra: types of further inputs, which the body ignores.
  ///   - kept: which parameters the body returns besides its results, as they came.
  mutating func body(
    _ function: Subgraph, captures: [ONNXValue], extra: [ONNXType] = [], returning kept: [Int] = []
  ) throws -> ONNXBody {
    try body(function.parameters.map(type) + extra) { writer, values in
      let found = try writer.inline(function, values.prefix(function.parameters.count) + captures)
      return found + kept.map { values[$0] }
    }
  }

  /// A body of inputs of some types that computes what `write` writes.
  mutating func body(
    _ types: [ONNXType], _ write: (inout ONNXWriter, [ONNXValue]) throws -> [ONNXValue]
  ) throws -> ONNXBody {
    let (outerNodes, outerViews) = (nodes, rearranged)
    nodes = []
    defer { (nodes, rearranged) = (outerNodes, outerViews) }
    let names = types.map { _ in fresh("argument") }
    let values = zip(names, types).map { ONNXValue(.named($0), $1) }
    // Each output is an operator's result of its own.
    let outputs = try write(&self, values).map { value in
      let result = full(value)
      return ONNXArgument(name: add("Identity", [name(of: result)]), dtype: result.dtype, shape: result.shape)
    }
    let inputs = zip(names, types).map { ONNXArgument(name: $0, dtype: $1.dtype, shape: $1.shape) }
    return ONNXBody(nodes: nodes, inputs: inputs, outputs: outputs).pruned()
  }
}

// MARK: Operators, names and constants

extension ONNXWriter {
  /// Writes an operator with one result, whose name is returned.
  mutating func add(_ type: String, _ inputs: [String], _ attributes: [String: ONNXAttribute] = [:]) -> String {
    add(type, inputs, attributes, count: 1)[0]
  }

  /// Writes an operator; the names of its results are returned.
  mutating func add(
    _ type: String, _ inputs: [String], _ attributes: [String: ONNXAttribute], count: Int
  ) -> [String] {
    let name = fresh(type)
    let outputs = count == 1 ? [name] : (0..<count).map { "\(name):\($0)" }
    nodes.append(ONNXNode(name: name, type: type, inputs: inputs, outputs: outputs, attributes: attributes))
    return outputs
  }

  /// An unused name in the layer whose operation is being written.
  private mutating func fresh(_ name: String) -> String { unique(path.isEmpty ? name : "\(path)/\(name)") }

  private mutating func unique(_ name: String) -> String {
    counts[name, default: 0] += 1
    let count = counts[name, default: 1]
    return count == 1 ? name : unique("\(name)_\(count)")
  }

  /// The name under which a value's elements are stored, in the order of its layout.
  mutating func name(of value: ONNXValue) -> String {
    switch value.storage {
    case .named(let name): name
    case .constant(let tensor): name(of: tensor)
    }
  }

  private mutating func name(of constant: Tensor) -> String {
    let array = (constant.node.primitive as? Constant)?.array
    let key = array.map { ConstantKey.array($0) } ?? .tensor(constant.id)
    if let known = constantNames[key] { return known }
    let name = unique(baseName(of: constant))
    constantNames[key] = name
    constants.append((name, constant))
    return name
  }

  /// The name of the parameter that a constant was made from, if it was made from a single one.
  private func baseName(of constant: Tensor) -> String {
    let sources = Tensors.nodes(leadingTo: [constant], stoppingAt: { names[TensorID(node: $0.id, result: 0)] != nil })
    let parameters = Set(
      ([constant.node] + sources).flatMap { $0.inputs + [Tensor(node: $0)] }.compactMap { names[$0.id] })
    if parameters.count == 1, let parameter = parameters.first { return parameter }
    return path.isEmpty ? "constant" : "\(path)/constant"
  }

  /// A number as a scalar of the given type.
  func scalar(_ number: Double, _ dtype: DType) -> ONNXValue { .scalar(number, dtype) }

  /// The name of a constant `int64[count]`: axes, bounds and shapes.
  mutating func integers(_ numbers: [Int]) -> String { name(of: Tensor(numbers.map(Int64.init))) }

  /// The name of the extents as `int64[rank]`, computed from the batch size where they depend on it.
  mutating func extents(_ shape: [SymbolicExtent]) -> String {
    if let fixed = shape.fixedShape { return integers(Array(fixed)) }
    let parts = shape.map { extent in
      guard !extent.isFixed else { return integers([extent.fixed]) }
      let examples = extent.perExample == 1 ? batchSize : add("Mul", [batchSize, integers([extent.perExample])])
      return extent.fixed == 0 ? examples : add("Add", [examples, integers([extent.fixed])])
    }
    return parts.count == 1 ? parts[0] : add("Concat", parts, ["axis": .integer(0)])
  }

  /// A value in another order of axes, written by `make` unless it was before.
  mutating func once(_ arrangement: ONNXArrangement, _ make: (inout ONNXWriter) -> ONNXValue) -> ONNXValue {
    if let known = rearranged[arrangement] { return known }
    let value = make(&self)
    rearranged[arrangement] = value
    return value
  }
}
