/// A function's argument: its value arrives when the program runs.
struct Placeholder: Leaf {
  static let name = "placeholder"
  let type: TensorType

  init(_ type: TensorType) { self.type = type }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    // Arguments are bound before anything is written; one that isn't belongs to another function.
    [Value(name: "%unbound", type: type)]
  }
}
