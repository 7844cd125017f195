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
          repeatWhile(carry: [inputs[0], inputs[2]]) { $0[0] .< inputs[1] } body: { carry in
            [carry[0] * 2, carry[1] + 1]
          }
        }
      ],
      refusals: [
        Refusal("bool scalar") { repeatWhile(carry: [Tensor(1)]) { $0[0] } body: { $0 } },
        Refusal("keeps its types") { repeatWhile(carry: [Tensor(1)]) { $0[0] .< 2 } body: { [$0[0].expand(at: 0)] } },
      ]),
    PrimitiveRow(
      CustomGradient.self, .stated,
      samples: [
        // The true gradient, written by hand; the scale is captured by the value, and by the pullback.
        Sample([Tensor([1.0, -2]), Tensor([3.0], shape: [])], gives: [f64(2)], values: [[3, 12]]) { inputs in
          withGradient([inputs[0]]) { [$0[0] * $0[0] * inputs[1]] } pullback: { arguments, _, cotangents in
            [cotangents[0] * 2 * arguments[0] * inputs[1]]
          }
        }
      ],
      refusals: [
        Refusal("gives argument 0") {
          withGradient([Tensor.zeros([2])]) { $0 } pullback: { _, _, cotangents in [cotangents[0].sum()] }
        },
        Refusal("2 cotangents for 1 inputs") {
          withGradient([Tensor.zeros([2])]) { $0 } pullback: { _, _, cotangents in cotangents + cotangents }
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
        Sample(Barrier(count: 2), [Tensor([1.0, -2]), integers(3)], gives: [f64(2), i32(1)], values: [[1, -2], [3]])
      ],
      refusals: [Refusal(Barrier(count: 2), [f64(1)], "a barrier of 2")]),
    PrimitiveRow(
      ReservoirLoop.self, .stated,
      samples: [
        Sample(
          ReservoirLoop(isClosed: false), reservoir, gives: [f64(2, 2, 2)],
          values: [[0.26391882871611366, -0.3859642735786574, 0.4142982165317639, 0.02708796209104901, -0.28077814417284885, 0.4673359728680938, -0.07004888250970497, 0.1530356351390297]]),
        Sample(
          ReservoirLoop(isClosed: true),
          reservoir + [
            Tensor([0.3, -0.6, 0.2, 0.5], shape: [2, 1, 2]), Tensor([0.7, -0.2, 0.1, 0.4, 0.3, -0.2], shape: [2, 3, 1]),
            Tensor([0.5, -0.3], shape: [2, 1]),
          ], gives: [f64(2, 2, 1), f64(2, 2)],
          values: [
            [0.4573420013689068, 0.5364362885454468, -0.2143156630040834, -0.23271888728458445],
            [0.5479512909560187, -0.2643519243811684, -0.09988870387821361, 0.024121980889003313],
          ]),
      ],
      refusals: [
        Refusal(ReservoirLoop(isClosed: false), [f64(1, 2, 2), f64(1, 2, 2), f64(1, 3, 2), f64(1, 2), f64(1, 2)], "int32"),
        Refusal(ReservoirLoop(isClosed: false), [f64(1, 2, 2), i32(1, 2, 1), f64(1, 3, 2), f64(1, 2), f64(1, 2)], "one shape"),
        Refusal(ReservoirLoop(isClosed: false), [f64(1, 3, 2), i32(1, 3, 2), f64(1, 3, 2), f64(1, 2), f64(1, 2)], "don't fit"),
        Refusal(ReservoirLoop(isClosed: false), [f64(1, 2, 2), i32(1, 2, 2), f64(1, 3, 2), f64(1, 3), f64(1, 2)], "state must"),
      ]),
  ]

  /// Two members with the same weights: a 2 x 2 matrix, a drive of two steps, state and mixing.
  private static let reservoir = [
    Tensor([0.4, -0.3, 0.5, 0], shape: [1, 2, 2]), integers(0, 1, 1, 0, shape: [1, 2, 2]),
    Tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.2, -0.1], shape: [2, 2, 2]), Tensor([0.2, -0.4, 0.3, 0.1], shape: [2, 2]),
    Tensor([0.3, 0.7, 0.1, 0.8], shape: [2, 2]),
  ]

  @Sendable private static func branches(_ inputs: [Tensor]) -> [Tensor] {
    conditional(inputs[0]) {
      [inputs[2] * inputs[1] * Tensor([2.0, -3]), inputs[2].squared().sum()]
    } else: {
      [inputs[2].squared(), inputs[2].sum()]
    }
  }
}
