@testable import Tensors

extension PrimitiveTable {
  static let binary: [PrimitiveRow] = [
    row(Add(), "add"), row(Subtract(), "subtract"), row(Multiply(), "multiply"), row(Divide(), "divide"),
    row(Maximum(), "maximum"), row(Minimum(), "minimum"), row(ArcTangent(), "atan2"),
    row(Power(), "power", at: [0.5, 1.7, 2.3, 0.9], [2, -1.5, 0, 3.3]),
    PrimitiveRow(
      Remainder.self, .fixtures(["remainder"]),
      samples: [Sample(Remainder(), [Tensor([7.3, -7.3, 2.2, 0.4]), Tensor([3.0, 3, -0.9, -5])])],
      refusals: [Refusal(Remainder(), [f64(2), i32(2)], "differ")]),
    bits(And(), "and"), bits(Or(), "or"), bits(ExclusiveOr(), "xor"),
    shift(ShiftLeft(), "shiftLeft"), shift(ShiftRightLogical(), "shiftRightLogical"),
  ]

  private static func row(
    _ primitive: some BinaryElementwise, _ fixture: String, at x: [Double] = [1.3, -0.7, 2.1, -1.9],
    _ y: [Double] = [0.4, 1.1, -1.6, -0.8]
  ) -> PrimitiveRow {
    PrimitiveRow(
      Swift.type(of: primitive), .fixtures([fixture]), samples: [Sample(primitive, [Tensor(x), Tensor(y)])],
      refusals: [
        Refusal(primitive, [f64(2), f64(3)], "shapes [2] and [3] differ"),
        Refusal(primitive, [f64(2), TensorType(.float32, [2])], "cast one of them"),
      ])
  }

  private static func bits(_ primitive: some BinaryElementwise, _ fixture: String) -> PrimitiveRow {
    PrimitiveRow(
      Swift.type(of: primitive), .fixtures([fixture]),
      samples: [Sample(primitive, [Tensor([true, false, true]), Tensor([true, true, false])])],
      refusals: [Refusal(primitive, [f64(2), f64(2)], "integer or bool")])
  }

  private static func shift(_ primitive: some BinaryElementwise, _ fixture: String) -> PrimitiveRow {
    PrimitiveRow(
      Swift.type(of: primitive), .fixtures([fixture]),
      samples: [Sample(primitive, [Tensor([5, 9, 300] as [UInt32]), Tensor([1, 2, 0] as [UInt32])])],
      refusals: [Refusal(primitive, [bool(2), bool(2)], "integer")])
  }

  static let comparison: [PrimitiveRow] = [
    PrimitiveRow(
      Compare.self, .fixtures(["compare"]),
      samples: [Sample(Compare(direction: .less), [numbers(4), numbers(4, from: -1.1)], gives: [bool(4)])],
      refusals: [Refusal(Compare(direction: .equal), [f64(2), i32(2)], "cast one of them")]),
    PrimitiveRow(
      Select.self, .fixtures(["select", "clamp"]),
      samples: [
        Sample(Select(), [Tensor([true, false, false]), numbers(3), numbers(3, from: 2)], gives: [f64(3)])
      ],
      refusals: [
        Refusal(Select(), [f64(2), f64(2), f64(2)], "bool"),
        Refusal(Select(), [bool(3), f64(2), f64(2)], "the condition has shape [3]"),
        Refusal(Select(), [bool(2), f64(2), i32(2)], "cast one of them"),
      ]),
  ]
}
