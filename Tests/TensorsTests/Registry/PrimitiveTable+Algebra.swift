@testable import Tensors

extension PrimitiveTable {
  static let algebra: [PrimitiveRow] = [
    PrimitiveRow(
      DotGeneral.self, .fixtures(["dotGeneral"]),
      samples: [
        Sample(
          DotGeneral(batch: ([], []), contracted: ([1], [0])), [numbers(2, 3), numbers(3, 2, from: 0.2)],
          gives: [f64(2, 2)]),
        // Two batch axes out of order, two contracted axes crossed, free axes on both sides.
        Sample(
          DotGeneral(batch: ([3], [0]), contracted: ([0, 2], [3, 1])),
          [numbers(2, 3, 2, 2), numbers(2, 2, 2, 2, from: 0.1)], gives: [f64(2, 3, 2)]),
        Sample(
          DotGeneral(batch: ([0, 2], [1, 0]), contracted: ([], [])), [numbers(2, 2, 3), numbers(3, 2)],
          gives: [f64(2, 3, 2)]),
      ],
      refusals: [
        Refusal(DotGeneral(batch: ([], []), contracted: ([1], [0])), [f64(2, 3), f64(2, 3)], "must agree"),
        Refusal(DotGeneral(batch: ([], []), contracted: ([2], [0])), [f64(2, 3), f64(2, 3)], "distinct axes"),
        Refusal(DotGeneral(batch: ([0], []), contracted: ([], [])), [f64(2), f64(2)], "pair up"),
        Refusal(DotGeneral(batch: ([], []), contracted: ([0], [0])), [f64(2), i32(2)], "cast one of them"),
      ])
  ]

  static let random: [PrimitiveRow] = [
    PrimitiveRow(
      RandomBits.self, .fixtures(["rngBits"]),
      samples: [
        Sample(
          RandomBits(type: TensorType(.uint32, [3])), [Tensor([7, 1] as [UInt64])],
          gives: [TensorType(.uint32, [3])])
      ],
      refusals: [
        Refusal(RandomBits(type: i32(3)), [TensorType(.uint64, [2])], "uint32 or uint64"),
        Refusal(RandomBits(type: TensorType(.uint32, [-3])), [TensorType(.uint64, [2])], "negative"),
        Refusal(RandomBits(type: TensorType(.uint32, [3])), [TensorType(.uint64, [3])], "uint64[2]"),
      ])
  ]

  static let control: [PrimitiveRow] = [
    PrimitiveRow(
      Scan.self, .stated,
      samples: [
        // x <- a x + u, the sum of all x beside it; a is captured.
        Sample(
          [Tensor([2.0], shape: []), Tensor([1.0, -1, 0.5]), Tensor([0.5], shape: [])], gives: [f64(), f64(3)],
          values: [[0.5], [2, 0, 0.5]]
        ) { inputs in
          let result = Tensors.scan(carry: [inputs[0]], over: [inputs[1]]) { carry, elements in
            let next = carry[0] * inputs[2] + elements[0]
            return ([next], [next])
          }
          return result.carry + result.outputs
        },
        Sample([Tensor([1.0, 2])], gives: [f64(2)], values: [[1, 2]]) { inputs in
          Tensors.scan(carry: inputs, length: 0) { carry, _ in (carry, []) }.carry
        },
      ],
      refusals: [
        Refusal("keeps its type") {
          Tensors.scan(carry: [Tensor(1)], length: 2) { carry, _ in ([carry[0].expand(at: 0)], []) }.carry
        },
        Refusal("in a loop of length 3") {
          Tensors.scan(carry: [Tensor(1)], over: [.zeros([2])], length: 3) { carry, _ in (carry, []) }.carry
        },
        Refusal("length of 0 or more") {
          Tensors.scan(carry: [Tensor(1)], length: -1) { carry, _ in (carry, []) }.carry
        },
      ])
  ]
}
