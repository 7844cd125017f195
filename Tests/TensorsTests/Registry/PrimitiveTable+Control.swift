@testable import Reservoirs
@testable import Tensors

extension PrimitiveTable {
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
      ]),
    PrimitiveRow(
      Conditional.self, .stated,
      samples: [
        // Both branches use y; only one uses x.
        Sample(
          [Tensor(true), Tensor([1.5, -0.5]), Tensor([2.0, 3])], gives: [f64(2), f64()], values: [[6, 4.5], [13]],
          apply: branches),
        Sample(
          [Tensor(false), Tensor([1.5, -0.5]), Tensor([2.0, 3])], gives: [f64(2), f64()], values: [[4, 9], [5]],
          apply: branches),
      ],
      refusals: [
        Refusal("different types") {
          conditional(Tensor(true), then: { [Tensor(1)] }, else: { [Tensor(1), Tensor(2)] })
        },
        Refusal("bool scalar") { conditional(Tensor(1), then: { [Tensor(1)] }, else: { [Tensor(2)] }) },
      ]),
    PrimitiveRow(
      While.self, .stated, gradient: .refused("use scan"),
      samples: [
        // Doubles until it reaches a limit; members stop at different times.
        Sample(
          [Tensor([1.0], shape: []), Tensor([9.0], shape: []), index(0)], gives: [f64(), i32()], values: [[16], [4]]
        ) { inputs in
          whileLoop(carry: [inputs[0], inputs[2]]) {
            $0[0] .< inputs[1]
          } body: { carry in
            [carry[0] * 2, carry[1] + 1]
          }
        }
      ],
      refusals: [
        Refusal("bool scalar") {
          whileLoop(carry: [Tensor(1)]) {
            $0[0]
          } body: {
            $0
          }
        },
        Refusal("keeps its types") {
          whileLoop(carry: [Tensor(1)]) {
            $0[0] .< 2
          } body: {
            [$0[0].expand(at: 0)]
          }
        },
      ]),
    PrimitiveRow(
      CustomGradient.self, .stated,
      samples: [
        // The true gradient, written by hand; the scale is captured by the value, and by the pullback.
        Sample([Tensor([1.0, -2]), Tensor([3.0], shape: [])], gives: [f64(2)], values: [[3, 12]]) { inputs in
          withGradient([inputs[0]]) {
            [$0[0] * $0[0] * inputs[1]]
          } pullback: { arguments, _, cotangents in
            [cotangents[0] * 2 * arguments[0] * inputs[1]]
          }
        }
      ],
      refusals: [
        Refusal("gives argument 0") {
          withGradient([Tensor.zeros([2])]) {
            $0
          } pullback: { _, _, cotangents in
            [cotangents[0].sum()]
          }
        },
        Refusal("2 cotangents for 1 inputs") {
          withGradient([Tensor.zeros([2])]) {
            $0
          } pullback: { _, _, cotangents in
            cotangents + cotangents
          }
        },
      ]),
    PrimitiveRow(
      Checkpoint.self, .stated,
      samples: [
        Sample([Tensor([1.0, -2]), Tensor([0.5, 2])], gives: [f64(2), f64()], values: [[0.25, 16], [16.25]]) { inputs in
          checkpoint {
            let product = (inputs[0] * inputs[1]).squared()
            return [product, product.sum()]
          }
        }
      ],
      refusals: [Refusal("rank 2 or more") { checkpoint { [Tensor(1).matmul(Tensor(1))] } }]),
    PrimitiveRow(
      Barrier.self, .stated,
      samples: [
        Sample(
          Barrier(count: 2), [Tensor([1.0, -2]), integers(3)], gives: [f64(2), i32(1)], values: [[1, -2], [3]])
      ],
      refusals: [Refusal(Barrier(count: 2), [f64(1)], "a barrier of 2")]),
    PrimitiveRow(
      ReservoirLoop.self, .stated,
      samples: [
        Sample(
          ReservoirLoop(isClosed: false), [values, columns, drive] + rest, gives: [f64(2, 2, 2)],
          values: [
            [
              0.3834820100820068, -0.4434820100820068, 0.24405943554567483, 0.1197915816849589, -0.22840505472472386,
              0.4806074051184843, 0.3861802413546577, 0.3102595412282702,
            ]
          ]),
        Sample(
          ReservoirLoop(isClosed: true),
          [values, columns, Tensor([0.1, -0.2, -0.5, 0.6], shape: [2, 1, 2])] + rest + [
            Tensor([0.3, -0.6, 0.2, 0.5], shape: [2, 1, 2]),
            Tensor([0.7, -0.2, 0.1, 0.4, 0.3, -0.2], shape: [2, 3, 1]),
            Tensor([0.5, -0.3], shape: [2, 1]),
          ], gives: [f64(2, 2, 1), f64(2, 2)],
          values: [
            [0.5390834312192063, 0.4151517379942864, -0.18964009996558398, -0.07896229207001355],
            [0.2904406493441433, -0.5592164172669303, -0.15764378385394834, 0.6136507382385527],
          ]),
        // A readout of the states and their squares.
        Sample(
          ReservoirLoop(isClosed: true),
          [values, columns, Tensor([0.1, -0.2, -0.5, 0.6], shape: [2, 1, 2])] + rest + [
            Tensor([0.3, -0.6, 0.2, 0.5], shape: [2, 1, 2]),
            Tensor([0.7, -0.2, 0.5, -0.9, 0.1, 0.4, 0.3, 1.1, 0.6, -0.2], shape: [2, 5, 1]),
            Tensor([0.5, -0.3], shape: [2, 1]),
          ], gives: [f64(2, 2, 1), f64(2, 2)],
          values: [
            [0.33714214388052294, 0.18360892609708834, -0.015406176185994436, 0.21007761335740027],
            [0.2495535755411058, -0.49600385436055194, -0.13036507030993466, 0.645385470778525],
          ]),
      ],
      refusals: [
        Refusal(
          ReservoirLoop(isClosed: false),
          [f64(1, 2, 2), f64(1, 2, 2), f64(1, 3, 2), f64(1, 2), f64(1, 2), f64(1, 3, 1), f64(1, 1, 2)], "int32"),
        Refusal(
          ReservoirLoop(isClosed: false),
          [f64(1, 2, 2), i32(1, 2, 1), f64(1, 3, 2), f64(1, 2), f64(1, 2), f64(1, 3, 1), f64(1, 1, 2)], "one shape"),
        Refusal(
          ReservoirLoop(isClosed: false),
          [f64(1, 3, 2), i32(1, 3, 2), f64(1, 3, 2), f64(1, 2), f64(1, 2), f64(1, 3, 1), f64(1, 1, 2)], "don't fit"),
        Refusal(
          ReservoirLoop(isClosed: false),
          [f64(1, 2, 2), i32(1, 2, 2), f64(1, 3, 2), f64(1, 3), f64(1, 2), f64(1, 3, 1), f64(1, 1, 2)], "state must"),
        Refusal(
          ReservoirLoop(isClosed: false),
          [f64(1, 2, 2), i32(1, 2, 2), f64(1, 2, 2), f64(1, 2), f64(1, 2), f64(1, 3, 1), f64(1, 1, 2)],
          "doesn't fit signals"),
      ]),
  ]

  /// Two members of two steps, with the same 2 x 2 matrix; `rest` is state, mixing, signals and their weights.
  private static let values = Tensor([0.4, -0.3, 0.5, 0], shape: [1, 2, 2])
  private static let columns = integers(0, 1, 1, 0, shape: [1, 2, 2])
  private static let drive = Tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.2, -0.1], shape: [2, 2, 2])
  private static let rest = [
    Tensor([0.2, -0.4, 0.3, 0.1], shape: [2, 2]), Tensor([0.3, 0.7, 0.1, 0.8], shape: [2, 2]),
    Tensor([0.5, -1, 0.25, 2], shape: [2, 2, 1]), Tensor([0.4, -0.2, 0.3, 0.1], shape: [2, 1, 2]),
  ]

  @Sendable private static func branches(_ inputs: [Tensor]) -> [Tensor] {
    conditional(inputs[0]) {
      [inputs[2] * inputs[1] * Tensor([2.0, -3]), inputs[2].squared().sum()]
    } else: {
      [inputs[2].squared(), inputs[2].sum()]
    }
  }
}
