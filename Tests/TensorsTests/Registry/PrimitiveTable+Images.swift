@testable import Tensors

extension PrimitiveTable {
  /// Stated values are `scipy.ndimage.affine_transform`'s of order 1.
  static let images: [PrimitiveRow] = [
    PrimitiveRow(
      AffineSampling.self, .stated,
      samples: [
        Sample(
          AffineSampling(fill: .nearest), [numbers(3, 4, 2), maps[0]], gives: [f64(3, 4, 2)],
          values: [
            [
              5.04198, 0.83703, 3.06829525, 0.76373, 3.24135, 0.5127, 1.26797, 3.84697, 4.87583, 0.42483, 4.29709,
              -0.15391,
              2.32371, 1.49316, 0.35033, 2.92933, 4.814, 0.363, 3.58784, -0.86316, 1.47248, 2.54003, -0.56731, 2.01169,
            ]
          ]),
        Sample(
          AffineSampling(fill: .reflect), [numbers(3, 4, 2), maps[0]], gives: [f64(3, 4, 2)],
          values: [
            [
              5.01759075, 0.80895, 3.06829525, 0.76373, 3.24135, 0.5127, 1.26797, 3.84697, 4.87583, 0.42483, 4.29709,
              -0.15391, 2.32371, 1.49316, 0.35033, 2.92933, 4.814, 0.363, 3.58784, -0.86316, 1.47248, 2.54003, -0.56731,
              2.01169,
            ]
          ]),
        Sample(
          AffineSampling(fill: .wrap), [numbers(2, 4, 3, 1), Tensor.stack(maps)], gives: [f64(2, 4, 3, 1)],
          values: [
            [
              1.667805, -0.795095, 1.900005, 3.000435, 0.537535, 3.232635, 2.221956, 1.870165, 4.364207, 3.544695,
              1.081795,
              -0.611182, 2.9666665, 1.85631, 2.4492335, 2.909695, -0.643235, 0.935735, 1.552565, 3.386635, 3.3251545,
              0.0059365, 2.507505, -1.045425,
            ]
          ]),
        Sample(
          AffineSampling(fill: .constant(0.7)), [numbers(2, 4, 3, 1), Tensor.stack(maps)], gives: [f64(2, 4, 3, 1)],
          values: [
            [
              0.7, -0.795095, 1.900005, 0.7, 0.537535, 3.232635, 0.7, 1.870165, 4.364207, 0.7, 0.7, -0.611182, 0.7, 0.7,
              0.7,
              0.7, 0.7, 0.7, 1.552565, 0.7, 0.7, 0.0059365, 0.7, 0.7,
            ]
          ]),
      ],
      refusals: [
        Refusal(
          AffineSampling(fill: .nearest), [f64(4, 3), f64(6)], "must be numbers [batch…, height, width, channels]"),
        Refusal(AffineSampling(fill: .nearest), [bool(4, 3, 1), f64(6)], "must be numbers"),
        Refusal(
          AffineSampling(fill: .nearest), [f64(2, 4, 3, 1), f64(6)], "floating-point numbers [2, 6], not float64[6]"),
        Refusal(AffineSampling(fill: .nearest), [f64(4, 3, 1), i32(6)], "floating-point numbers [6]"),
      ])
  ]

  private static let maps = [
    Tensor([0.9, -0.31, 0.4, 0.27, 1.13, -0.55]), Tensor([1.21, 0.2, -1.3, -0.4, 0.83, 1.7]),
  ]
}
