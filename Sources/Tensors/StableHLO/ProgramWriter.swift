import PJRT

/// A name in a StableHLO program, with its type.
public struct Value: Sendable, CustomStringConvertible {
  public let name: String
  public let type: TensorType
  public var description: String { name }
}

/// Writes a graph as StableHLO text.
public struct ProgramWriter {
  /// The kernels that the program may call.
  public let kernels: Kernels
  /// The devices that the program runs on.
  let devices: Int
  private(set) var lines: [String] = []
  private var table: [TensorID: Value] = [:]
  private var used: Set<TensorID> = []
  /// For a value's name the parts it was joined from along its last axis, for kernels that take the parts.
  private var parts: [String: [Value]] = [:]
  /// Why the program can't be compiled, if it can't: the first reason.
  private(set) var diagnostic: Diagnostic?
  private var count = 0
  private var depth = 2

  init(kernels: Kernels, devices: Int) { (self.kernels, self.devices) = (kernels, devices) }

  /// The name of the function's argument `index`.
  static func argument(_ index: Int) -> String { "%arg\(index)" }

  mutating func bind(_ tensor: Tensor, to value: Value) { table[tensor.id] = value }

  /// An unused name.
  public mutating func fresh(_ prefix: String = "%") -> String {
    count += 1
    return "\(prefix)\(prefix == "%" ? "" : "_")\(count)"
  }

  /// Writes a line as it is.
  public mutating func write(_ line: String) {
    lines.append(String(repeating: "  ", count: depth) + line)
  }

  /// Writes `operation` and returns names for its results.
  public mutating func assign(_ operation: String, _ types: [TensorType]) -> [Value] {
    let name = fresh()
    guard types.count > 1 else {
      write("\(name) = \(operation)")
      return types.map { Value(name: name, type: $0) }
    }
    write("\(name):\(types.count) = \(operation)")
    return types.enumerated().map { Value(name: "\(name)#\($0.offset)", type: $0.element) }
  }

  /// A scalar constant.
  public mutating func scalar(_ literal: String, _ dtype: DType) -> Value {
    let type = TensorType(dtype, [])
    return assign("stablehlo.constant dense<\(literal)> : \(type)", [type])[0]
  }

  /// `value` as another element type; itself if it is of that type.
  mutating func convert(_ value: Value, to dtype: DType) -> Value {
    if value.type.dtype == dtype { return value }
    let type = TensorType(dtype, value.type.shape)
    return assign("stablehlo.convert \(value) : (\(value.type)) -> \(type)", [type])[0]
  }

  /// Writes the nodes that lead to `outputs`, except those written before, and returns the outputs' names.
  mutating func write(_ outputs: [Tensor]) -> [Value] {
    let known = Set(table.keys.map(\.node))
    let pending = nodes(leadingTo: outputs, stoppingAt: { known.contains($0.id) })
    for tensor in outputs { used.insert(tensor.id) }
    for node in pending { for input in node.inputs { used.insert(input.id) } }
    let updates = ProductUpdate.all(in: pending, leadingTo: outputs, kernels: kernels) { known.contains($0.id) }
    let absorbed = Set(updates.values.flatMap(\.absorbed))
    for node in pending where !absorbed.contains(node.id) {
      // Results without elements need no operation, and some operations reject them.
      let values =
        node.types.allSatisfy({ $0.shape.contains(0) })
        ? node.types.map { assign("stablehlo.constant dense<> : \($0)", [$0])[0] }
        : emit(node, updates[node.id])
      for (index, value) in values.enumerated() { table[TensorID(node: node.id, result: index)] = value }
    }
    return outputs.compactMap { table[$0.id] }
  }

  private mutating func emit(_ node: Node, _ update: ProductUpdate?) -> [Value] {
    let table = table
    if let update { return update.emit(to: &self) { table[$0.id] } }
    return node.primitive.emit(node.inputs.compactMap { table[$0.id] }, node.types, to: &self, for: node)
  }

  /// Makes the program one that isn't compiled.
  mutating func refuse(_ diagnostic: Diagnostic) { self.diagnostic = self.diagnostic ?? diagnostic }

  mutating func note(_ value: Value, joins parts: [Value]) {
    self.parts[value.name] = parts.flatMap { self.parts[$0.name] ?? [$0] }
  }

  /// The parts a value was joined from along its last axis, if kernels for matrices take that many; otherwise itself.
  package func matrixParts(of value: Value) -> [Value] {
    guard let parts = parts[value.name], parts.count <= 4, parts.allSatisfy({ !$0.type.shape.contains(0) }) else {
      return [value]
    }
    return parts
  }

  /// Whether anything reads result `index` of `node`; unused results needn't be computed.
  func isUsed(_ node: Node, _ index: Int) -> Bool { used.contains(TensorID(node: node.id, result: index)) }

  /// Writes a traced function in place, inside a region of its own.
  ///
  /// Names from inside aren't known outside.
  package mutating func inline(_ body: Subgraph, _ arguments: [Value]) -> [Value] {
    let outside = table
    table = [:]
    for (parameter, argument) in zip(body.parameters + body.captures, arguments) {
      table[parameter.id] = argument
    }
    let results = write(body.results)
    table = outside
    return results
  }

  /// Writes the operations of a function of tensors in place: what a primitive is composed of where there is no kernel for it.
  public mutating func inline(_ arguments: [Value], _ body: ([Tensor]) -> [Tensor]) -> [Value] {
    let body = Subgraph(arguments.map(\.type), body)
    return inline(body, arguments + body.captures.compactMap { table[$0.id] })
  }

  /// Indents what `body` writes.
  mutating func indented<Result>(_ body: (inout ProgramWriter) -> Result) -> Result {
    depth += 1
    defer { depth -= 1 }
    return body(&self)
  }
}

extension Primitive {
  /// ``emit(_:_:to:)`` for primitives that depend on which results are used.
  func emit(
    _ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter, for node: Node
  ) -> [Value] {
    if let selective = self as? any SelectiveEmission {
      return selective.emit(
        inputs, results, used: results.indices.map { writer.isUsed(node, $0) }, to: &writer)
    }
    return emit(inputs, results, to: &writer)
  }
}

/// A primitive that leaves out unused results.
protocol SelectiveEmission: Primitive {
  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value]
}

extension SelectiveEmission {
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    emit(inputs, results, used: results.map { _ in true }, to: &writer)
  }
}

extension ProgramWriter {
  /// Writes a `while` loop and returns its final values.
  mutating func loop(
    _ initial: [Value], while condition: (inout ProgramWriter, [Value]) -> Value,
    body: (inout ProgramWriter, [Value]) -> [Value]
  ) -> [Value] {
    let inside = initial.map { Value(name: fresh("%loop"), type: $0.type) }
    let name = fresh()
    let bindings = zip(inside, initial).map { "\($0) = \($1)" }.joined(separator: ", ")
    let types = initial.map(\.type.description).joined(separator: ", ")
    write("\(name)\(initial.count > 1 ? ":\(initial.count)" : "") = stablehlo.while(\(bindings)) : \(types)")
    write("cond {")
    indented { writer in
      let result = condition(&writer, inside)
      writer.write("stablehlo.return \(result) : \(result.type)")
    }
    write("} do {")
    indented { writer in
      let results = body(&writer, inside)
      writer.write("stablehlo.return \(results.map(\.name).joined(separator: ", ")) : \(types)")
    }
    write("}")
    return initial.enumerated().map {
      Value(name: initial.count > 1 ? "\(name)#\($0.offset)" : name, type: $0.element.type)
    }
  }

  mutating func binary(_ operation: String, _ x: Value, _ y: Value) -> Value {
    assign("stablehlo.\(operation) \(x), \(y) : \(x.type)", [x.type])[0]
  }

  /// `sequence[step]`.
  mutating func element(of sequence: Value, at step: Value) -> Value {
    let shape = sequence.type.shape
    let block = TensorType(sequence.type.dtype, shape.replacing(axis: 0, with: 1))
    let starts = starts(at: step, rank: shape.rank)
    let slice = assign(
      "stablehlo.dynamic_slice \(sequence), \(starts.names), sizes = \(block.shape) : "
        + "(\(sequence.type), \(starts.types)) -> \(block)", [block])[0]
    return reshape(slice, to: Shape(shape.dropFirst()))
  }

  /// `sequence` with `sequence[step] = element`.
  mutating func replaceElement(of sequence: Value, at step: Value, with element: Value) -> Value {
    let block = reshape(element, to: element.type.shape.prepending(1))
    let starts = starts(at: step, rank: sequence.type.shape.rank)
    return assign(
      "stablehlo.dynamic_update_slice \(sequence), \(block), \(starts.names) : "
        + "(\(sequence.type), \(block.type), \(starts.types)) -> \(sequence.type)", [sequence.type])[0]
  }

  /// The same elements in another shape; nothing is written for the shape that they have.
  mutating func reshape(_ value: Value, to shape: Shape) -> Value {
    if value.type.shape == shape { return value }
    let type = TensorType(value.type.dtype, shape)
    return assign("stablehlo.reshape \(value) : (\(value.type)) -> \(type)", [type])[0]
  }

  private mutating func starts(at step: Value, rank: Int) -> (names: String, types: String) {
    let zero = rank > 1 ? scalar("0", .int32) : step
    let all = [step] + Array(repeating: zero, count: rank - 1)
    return (all.map(\.name).joined(separator: ", "), all.map(\.type.description).joined(separator: ", "))
  }
}

extension ProgramWriter {
  /// Writes an operation with one region that returns one value: a comparator, a combiner.
  ///
  /// - Parameters:
  ///   - operation: everything before the region.
  ///   - parameters: the region's arguments, with fresh names.
  ///   - type: the operation's function type.
  mutating func regional(
    _ operation: String, over parameters: [Value], type: String, _ results: [TensorType],
    body: (inout ProgramWriter) -> Value
  ) -> [Value] {
    let name = fresh()
    write("\(name)\(results.count > 1 ? ":\(results.count)" : "") = \(operation) ({")
    write("^bb0(\(parameters.map { "\($0.name): \($0.type)" }.joined(separator: ", "))):")
    indented { writer in
      let value = body(&writer)
      writer.write("stablehlo.return \(value) : \(value.type)")
    }
    write("}) : \(type)")
    return results.enumerated().map {
      Value(name: results.count > 1 ? "\(name)#\($0.offset)" : name, type: $0.element)
    }
  }

  /// Writes a region that holds one traced function and has no parameters.
  mutating func region(_ body: Subgraph, _ arguments: [Value]) {
    indented { writer in
      let results = writer.inline(body, arguments)
      let types = results.map(\.type.description).joined(separator: ", ")
      writer.write("stablehlo.return \(results.map(\.name).joined(separator: ", ")) : \(types)")
    }
  }

  /// Combines the elements of each window by a StableHLO operation, for example `add`, whose identity is `initial`.
  mutating func reduceWindow(
    _ input: Value, by operation: String, from initial: String, window: [Int], strides: [Int], low: [Int],
    high: [Int], result: TensorType
  ) -> [Value] {
    let dtype = input.type.dtype
    let start = scalar(initial, dtype)
    let elements = (0..<2).map { _ in Value(name: fresh("%a"), type: TensorType(dtype, [])) }
    func list(_ numbers: [Int]) -> String { "array<i64: \(numbers.map(String.init).joined(separator: ", "))>" }
    let padding = zip(low, high).map { "[\($0), \($1)]" }.joined(separator: ", ")
    // Without axes there is no window either.
    let attributes =
      window.isEmpty
      ? "window_dimensions = array<i64>"
      : "window_dimensions = \(list(window)), window_strides = \(list(strides)), "
        + "padding = dense<[\(padding)]> : tensor<\(window.count)x2xi64>"
    return regional(
      "\"stablehlo.reduce_window\"(\(input), \(start)) <{\(attributes)}>", over: elements,
      type: "(\(input.type), \(start.type)) -> \(result)", [result]
    ) { writer in writer.binary(operation, elements[0], elements[1]) }
  }

  /// Writes an elementwise comparison.
  mutating func compare(_ direction: Compare.Direction, _ x: Value, _ y: Value) -> Value {
    let kind =
      x.type.dtype.isFloatingPoint
      ? "FLOAT"
      : x.type.dtype.isUnsigned || x.type.dtype == .bool ? "UNSIGNED" : "SIGNED"
    let type = TensorType(.bool, x.type.shape)
    return assign(
      "stablehlo.compare \(direction.rawValue), \(x), \(y), \(kind) : (\(x.type), \(y.type)) -> \(type)", [type])[0]
  }
}
