@testable import Tensors

extension PrimitiveTable {
  static let normalization: [PrimitiveRow] = [
    PrimitiveRow(
      BatchNormalization.self, .fixtures(["batchNormalization"]),
      samples: FusedActivation.allCases.map { activation in
        Sample(
          BatchNormalization(epsilon: 0.01, activation: activation),
          [numbers(2, 3, 2), numbers(2, from: 0.4), numbers(2, from: -0.2)], gives: [f64(2, 3, 2), f64(2), f64(2)])
      },
      refusals: [
        Refusal(plain, [f64(3), f64(3), f64(3)], "needs […, channels]"),
        Refusal(plain, [f64(4, 3), f64(4), f64(3)], "the scale must be"),
        Refusal(plain, [f64(4, 3), f64(3), f64(1, 3)], "the offset must be"),
        Refusal(plain, [i32(4, 3), i32(3), i32(3)], "floating-point"),
        Refusal(BatchNormalization(epsilon: -1, activation: .none), [f64(4, 3), f64(3), f64(3)], "0 or more"),
        Refusal(BatchNormalization(epsilon: .nan, activation: .none), [f64(4, 3), f64(3), f64(3)], "0 or more"),
      ]),
    PrimitiveRow(
      BatchNormalizationGradient.self, .fixtures(["batchNormalizationGradient"]),
      samples: FusedActivation.allCases.map { activation in
        Sample(
          BatchNormalizationGradient(epsilon: 0.01, activation: activation),
          [
            numbers(3, 2), numbers(2, from: 0.4), numbers(2, from: -0.2), numbers(2, from: 0.1), numbers(2, from: 0.5),
            numbers(3, 2, from: -0.9), numbers(2), numbers(2, from: 0.7),
          ], gives: [f64(3, 2), f64(2), f64(2)])
      },
      refusals: [
        Refusal(
          BatchNormalizationGradient(epsilon: 0.01, activation: .none),
          [f64(4, 3), f64(3), f64(3), f64(3), f64(3), f64(4, 2), f64(3), f64(3)], "input 5 must be")
      ]),
    PrimitiveRow(
      CrossEntropy.self, .fixtures(["crossEntropy"]),
      samples: [
        Sample(CrossEntropy(), [numbers(2, 3), numbers(2, 3, from: 0.1)], gives: [f64(2)]),
        Sample(CrossEntropy(), [numbers(2, 2, 4), numbers(2, 2, 4, from: 0.1)], gives: [f64(2, 2)]),
      ],
      refusals: [
        Refusal(CrossEntropy(), [f64(), f64()], "needs […, classes]"),
        Refusal(CrossEntropy(), [f64(4, 3), f64(4)], "targets must be"),
        Refusal(CrossEntropy(), [i32(4, 3), i32(4, 3)], "floating-point"),
      ]),
    PrimitiveRow(
      CrossEntropyGradient.self, .fixtures(["crossEntropyGradient"]),
      samples: [
        Sample(
          CrossEntropyGradient(), [numbers(2, 3), numbers(2, 3, from: 0.1), numbers(2, from: -0.4)],
          gives: [f64(2, 3)])
      ],
      refusals: [Refusal(CrossEntropyGradient(), [f64(4, 3), f64(4, 3), f64(3)], "the cotangent must be")]),
    PrimitiveRow(
      Softmax.self, .fixtures(["softmax"]),
      samples: [
        Sample(Softmax(), [numbers(3)], gives: [f64(3)]), Sample(Softmax(), [numbers(2, 2, 4)], gives: [f64(2, 2, 4)]),
      ],
      refusals: [Refusal(Softmax(), [f64()], "needs an axis"), Refusal(Softmax(), [i32(4, 3)], "floating-point")]),
    PrimitiveRow(
      SoftmaxGradient.self, .fixtures(["softmaxGradient"]),
      samples: [Sample(SoftmaxGradient(), [numbers(2, 3), numbers(2, 3, from: 0.1)], gives: [f64(2, 3)])],
      refusals: [Refusal(SoftmaxGradient(), [f64(4, 3), f64(4)], "the cotangent must be")]),
    PrimitiveRow(
      LayerNormalization.self, .fixtures(["layerNormalization"]),
      samples: [
        Sample(layer, [numbers(3, 4), numbers(4, from: 0.4), numbers(4, from: -0.2)], gives: [f64(3, 4)]),
        Sample(
          layer, [numbers(2, 3, 2, 4), numbers(2, 4, from: 0.4), numbers(2, 4, from: -0.2)], gives: [f64(2, 3, 2, 4)]),
      ],
      refusals: [
        Refusal(layer, [f64(3), f64(3), f64(3)], "needs […, rows, columns]"),
        Refusal(layer, [f64(4, 3), f64(4), f64(3)], "the scale must be"),
        Refusal(layer, [f64(4, 3), f64(4, 3), f64(4, 3)], "the scale must be"),
        Refusal(layer, [f64(4, 3), f64(3), f64(1, 3)], "the offset must be"),
        Refusal(layer, [i32(4, 3), i32(3), i32(3)], "floating-point"),
        Refusal(LayerNormalization(epsilon: -1), [f64(4, 3), f64(3), f64(3)], "0 or more"),
        Refusal(LayerNormalization(epsilon: .nan), [f64(4, 3), f64(3), f64(3)], "0 or more"),
      ]),
    PrimitiveRow(
      LayerNormalizationGradient.self, .fixtures(["layerNormalizationGradient"]),
      samples: [
        Sample(
          LayerNormalizationGradient(epsilon: 0.01),
          [numbers(2, 3, 4), numbers(4, from: 0.4), numbers(2, 3, 4, from: -0.9)],
          gives: [f64(2, 3, 4), f64(4), f64(4)]),
        Sample(
          LayerNormalizationGradient(epsilon: 0.01),
          [numbers(2, 3, 4), numbers(2, 4, from: 0.4), numbers(2, 3, 4, from: -0.9)],
          gives: [f64(2, 3, 4), f64(2, 4), f64(2, 4)]),
      ],
      refusals: [
        Refusal(LayerNormalizationGradient(epsilon: 0.01), [f64(4, 3), f64(3), f64(4, 2)], "the cotangent must be"),
        Refusal(LayerNormalizationGradient(epsilon: 0.01), [f64(4, 3), f64(2), f64(4, 3)], "the scale must be"),
      ]),
  ]

  private static let layer = LayerNormalization(epsilon: 0.01)

  private static let plain = BatchNormalization(epsilon: 0.01, activation: .none)
}
