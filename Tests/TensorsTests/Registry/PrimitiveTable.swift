@testable import Tensors

/// One row a primitive. See `docs/adding.md`.
enum PrimitiveTable {
  typealias Sample = PrimitiveRow.Sample
  typealias Refusal = PrimitiveRow.Refusal

  static let rows =
    leaves + unary + binary + comparison + shapes + indexing + reductions + algebra + windows + images + normalization
    + random + devices + control

  static func f64(_ extents: Int...) -> TensorType { TensorType(.float64, Shape(extents)) }
  static func i32(_ extents: Int...) -> TensorType { TensorType(.int32, Shape(extents)) }
  static func bool(_ extents: Int...) -> TensorType { TensorType(.bool, Shape(extents)) }

  /// Numbers that no operation treats specially, all different.
  static func numbers(_ extents: Int..., from start: Double = -1.3) -> Tensor {
    let shape = Shape(extents)
    let values: [Double] = (0..<shape.elementCount).map { index in
      let jump = Double((index * 7) % 19)
      return start + 0.37 * jump - 0.011 * Double(index)
    }
    return Tensor(values, shape: shape)
  }

  static func integers(_ values: Int32..., shape: Shape? = nil) -> Tensor { Tensor(values as [Int32], shape: shape) }
  static func index(_ value: Int32) -> Tensor { Tensor([value], shape: []) }
}
