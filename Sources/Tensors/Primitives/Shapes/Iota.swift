/// Each element's index along an axis.
struct Iota: Leaf, Literal {
  static let name = "iota"
  let type: TensorType
  let axis: Int

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard type.shape.indices.contains(axis) else { throw ShapeError("no axis \(axis) in \(type.shape)") }
    guard type.dtype != .bool, type.shape.allSatisfy({ $0 >= 0 }) else {
      throw ShapeError("can't count in \(type.dtype)\(type.shape)")
    }
    return [type]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.iota dim = \(axis) : \(type)", results)
  }
}
