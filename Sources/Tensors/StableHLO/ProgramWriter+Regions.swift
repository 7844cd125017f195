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

  /// Writes a region with one traced function in it, of no parameters of its own.
  mutating func region(_ body: Subgraph, _ arguments: [Value]) {
    indented { writer in
      let results = writer.inline(body, arguments)
      let types = results.map(\.type.description).joined(separator: ", ")
      writer.write("stablehlo.return \(results.map(\.name).joined(separator: ", ")) : \(types)")
    }
  }

  /// Combines the elements of each window by a StableHLO operation, `add` say, that `initial` leaves alone.
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
