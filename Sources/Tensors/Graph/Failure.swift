/// Stands for a tensor that can't be computed; its node carries the diagnostic and never reaches a program.
struct Failure: Leaf {
  static let name = "failure"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [TensorType(.float32, [])] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
}
