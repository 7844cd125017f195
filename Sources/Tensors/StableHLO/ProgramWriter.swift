import PJRT

/// Writes a graph as StableHLO text.
public struct ProgramWriter {
  /// What the engine that the program is for can call.
  public let kernels: Kernels
  private(set) var lines: [String] = []
  private var table: [TensorID: Value] = [:]
  private var used: Set<TensorID> = []
  /// By name what a value is put together of along its last axis, for kernels that take the parts as they are.
  private var parts: [String: [Value]] = [:]
  /// Why the program can't be compiled, if it can't: the first reason.
  private(set) var diagnostic: Diagnostic?
  private var count = 0
  private var depth = 2

  init(kernels: Kernels) { self.kernels = kernels }

  /// The name of the function's argument `index`.
  static func argument(_ index: Int) -> String { "%arg\(index)" }

  mutating func bind(_ tensor: Tensor, to value: Value) { table[tensor.id] = value }

  /// A name not used before in the program.
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

  /// Writes what leads to `outputs`, as far as it isn't written yet, and returns their names.
  mutating func write(_ outputs: [Tensor]) -> [Value] {
    let known = Set(table.keys.map(\.node))
    let pending = nodes(leadingTo: outputs, stoppingAt: { known.contains($0.id) })
    for tensor in outputs { used.insert(tensor.id) }
    for node in pending { for input in node.inputs { used.insert(input.id) } }
    for node in pending {
      // What has no elements needs no operation, and some operations refuse it.
      let values =
        node.types.allSatisfy({ $0.shape.contains(0) })
        ? node.types.map { assign("stablehlo.constant dense<> : \($0)", [$0])[0] }
        : node.primitive.emit(node.inputs.compactMap { table[$0.id] }, node.types, to: &self, for: node)
      for (index, value) in values.enumerated() { table[TensorID(node: node.id, result: index)] = value }
    }
    return outputs.compactMap { table[$0.id] }
  }

  /// Makes the program one that isn't compiled.
  mutating func refuse(_ diagnostic: Diagnostic) { self.diagnostic = self.diagnostic ?? diagnostic }

  mutating func note(_ value: Value, joins parts: [Value]) {
    self.parts[value.name] = parts.flatMap { self.parts[$0.name] ?? [$0] }
  }

  /// What a value is put together of along its last axis, if that is no more than kernels for matrices take; else itself.
  package func matrixParts(of value: Value) -> [Value] {
    guard let parts = parts[value.name], parts.count <= 4, parts.allSatisfy({ !$0.type.shape.contains(0) }) else {
      return [value]
    }
    return parts
  }

  /// Whether anything reads result `index` of `node`; what nothing reads needn't be computed.
  func isUsed(_ node: Node, _ index: Int) -> Bool { used.contains(TensorID(node: node.id, result: index)) }

  /// Writes a traced function in place, inside a region of its own.
  ///
  /// Names made inside aren't known outside.
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
  /// ``emit(_:_:to:)`` for primitives that look at who reads their results.
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

/// A primitive that leaves out results nobody reads.
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
