@testable import Tensors

extension PrimitiveTable {
  static let shapes: [PrimitiveRow] = [
    PrimitiveRow(
      Broadcast.self, .fixtures(["broadcast"]),
      samples: [
        Sample(Broadcast(shape: [4, 2, 3], axes: [1, 2]), [numbers(2, 1)], gives: [f64(4, 2, 3)]),
        Sample(Broadcast(shape: [2], axes: []), [Tensor([1.5], shape: [])], gives: [f64(2)]),
      ],
      refusals: [
        Refusal(Broadcast(shape: [2, 3], axes: [1]), [f64(2)], "doesn't fit"),
        Refusal(Broadcast(shape: [2, 3], axes: [2]), [f64(3)], "doesn't fit"),
        Refusal(Broadcast(shape: [2, -3], axes: []), [f64()], "negative"),
        Refusal(Broadcast(shape: [2, 2], axes: [1, 0]), [f64(2, 2)], "increasing"),
        Refusal(Broadcast(shape: [1 << 40, 1 << 40], axes: []), [f64()], "fit into memory"),
      ]),
    PrimitiveRow(
      Concatenate.self, .fixtures(["concatenate"]),
      samples: [
        Sample(Concatenate(axis: 1), [numbers(2, 1), numbers(2, 3), numbers(2, 0)], gives: [f64(2, 4)])
      ],
      refusals: [
        Refusal(Concatenate(axis: 0), [], "nothing"), Refusal(Concatenate(axis: 1), [f64(2)], "no axis 1"),
        Refusal(Concatenate(axis: 0), [f64(2, 3), f64(2, 2)], "doesn't join"),
      ]),
    PrimitiveRow(
      Pad.self, .fixtures(["pad"]),
      samples: [
        Sample(
          Pad(low: [1, -1], high: [-2, 2], interior: [1, 0]), [numbers(3, 2), Tensor([0.5], shape: [])],
          gives: [f64(4, 3)]),
        Sample(
          Pad(low: [-3], high: [1], interior: [2]), [numbers(3), Tensor([0.5], shape: [])], gives: [f64(5)]),
        Sample(Pad(low: [1], high: [2], interior: [1]), [numbers(0), Tensor([0.5], shape: [])], gives: [f64(3)]),
      ],
      refusals: [
        Refusal(Pad(low: [-2], high: [-2], interior: [0]), [f64(3), f64()], "leaves [-1]"),
        Refusal(Pad(low: [0], high: [0], interior: [-1]), [f64(3), f64()], "leaves"),
        Refusal(Pad(low: [.min], high: [.max], interior: [.max]), [f64(3), f64()], "beyond any tensor"),
        Refusal(Pad(low: [0], high: [0], interior: [0]), [f64(3, 3), f64()], "the tensor has 2"),
        Refusal(Pad(low: [0], high: [0], interior: [0]), [f64(3), i32()], "scalar of type float64"),
      ]),
    PrimitiveRow(
      Reshape.self, .fixtures(["reshape"]),
      samples: [Sample(Reshape(shape: [3, 2]), [numbers(2, 3)], gives: [f64(3, 2)])],
      refusals: [
        Refusal(Reshape(shape: [4]), [f64(2, 3)], "6 elements don't fill [4]"),
        Refusal(Reshape(shape: [-2, -3]), [f64(2, 3)], "don't fill"),
        Refusal(Reshape(shape: [.max, .max]), [f64(2, 3)], "don't fill"),
      ]),
    PrimitiveRow(
      Reverse.self, .fixtures(["reverse"]), samples: [Sample(Reverse(axes: [0, 1]), [numbers(2, 3)])],
      refusals: [Refusal(Reverse(axes: [0, 0]), [f64(2)], "distinct"), Refusal(Reverse(axes: [-1]), [f64(2)], "axes")]),
    PrimitiveRow(
      Slice.self, .fixtures(["slice"]),
      samples: [
        Sample(Slice(start: [1, 0], limit: [3, 5], strides: [1, 2]), [numbers(4, 5)], gives: [f64(2, 3)]),
        Sample(Slice(start: [1, 2], limit: [4, 2], strides: [2, 1]), [numbers(4, 5)], gives: [f64(2, 0)]),
        Sample(Slice(start: [1], limit: [4], strides: [.max]), [numbers(5)], gives: [f64(1)]),
      ],
      refusals: [
        Refusal(Slice(start: [0], limit: [4], strides: [1]), [f64(3)], "isn't inside"),
        Refusal(Slice(start: [.min], limit: [.max], strides: [0]), [f64(3)], "isn't inside"),
        Refusal(Slice(start: [], limit: [], strides: []), [f64(3)], "the tensor has 1"),
      ]),
    PrimitiveRow(
      Transpose.self, .fixtures(["transpose"]),
      samples: [Sample(Transpose(permutation: [2, 0, 1]), [numbers(2, 3, 2)], gives: [f64(2, 2, 3)])],
      refusals: [Refusal(Transpose(permutation: [0, 0]), [f64(2, 3)], "no permutation")]),
  ]
}
