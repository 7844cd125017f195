@testable import Tensors

extension PrimitiveTable {
  static let indexing: [PrimitiveRow] = [
    PrimitiveRow(
      Gather.self, .fixtures(["take"]),
      samples: [
        Sample(Gather(axis: 1), [numbers(2, 4, 3), integers(3, 0, 3, 1, shape: [2, 2])], gives: [f64(2, 2, 2, 3)]),
        Sample(
          Gather(axis: 2, batchCount: 1), [numbers(2, 2, 3), integers(2, 0, 1, 1, shape: [2, 2])],
          gives: [f64(2, 2, 2)]),
      ],
      refusals: [
        Refusal(Gather(axis: 0), [f64(3), f64(2)], "integers"), Refusal(Gather(axis: 1), [f64(3), i32(2)], "axis 1"),
        Refusal(Gather(axis: 0), [f64(0), i32(2)], "no elements"),
      ]),
    PrimitiveRow(
      ScatterAdd.self, .fixtures(["scatterAdd"]),
      samples: [
        Sample(ScatterAdd(geometry: Gather(axis: 0)), [numbers(4, 2), integers(2, 0, 2), numbers(3, 2)]),
        Sample(
          ScatterAdd(geometry: Gather(axis: 1, batchCount: 1)),
          [numbers(2, 3), integers(2, 0, 1, 1, shape: [2, 2]), numbers(2, 2)]),
      ],
      refusals: [
        Refusal(ScatterAdd(geometry: Gather(axis: 0)), [f64(3), i32(2), f64(3)], "updates are float64[3]"),
        Refusal(ScatterAdd(geometry: Gather(axis: 0)), [bool(3), i32(2), bool(2)], "numeric"),
      ]),
    PrimitiveRow(
      DynamicSlice.self, .fixtures(["dynamicSlice"]),
      samples: [
        Sample(DynamicSlice(sizes: [2, 2]), [numbers(4, 3), index(1), index(2)], gives: [f64(2, 2)]),
        Sample(DynamicSlice(sizes: []), [Tensor([1.5], shape: [])], gives: [f64()]),
      ],
      refusals: [
        Refusal(DynamicSlice(sizes: [4]), [f64(3), i32()], "isn't inside"),
        Refusal(DynamicSlice(sizes: [-1]), [f64(3), i32()], "isn't inside"),
        Refusal(DynamicSlice(sizes: [1]), [f64(3)], "0 starts for 1 axes"),
      ]),
    PrimitiveRow(
      DynamicUpdateSlice.self, .fixtures(["dynamicUpdateSlice"]),
      samples: [
        Sample(DynamicUpdateSlice(), [numbers(4, 3), numbers(2, 2, from: 1), index(0), index(1)]),
        Sample(DynamicUpdateSlice(), [numbers(3), numbers(0), index(1)]),
      ],
      refusals: [
        Refusal(DynamicUpdateSlice(), [f64(3), f64(4), i32()], "doesn't fit"),
        Refusal(DynamicUpdateSlice(), [f64(3), f64(2), f64()], "integer scalar"),
      ]),
  ]

  static let reductions: [PrimitiveRow] = [
    reduction(Sum.self, ["sum"]),
    reduction(Product.self, ["product"], extra: [Sample(Product(axes: [1]), [withZeros], gives: [f64(3)])]),
    PrimitiveRow(
      CumulativeSum.self, .fixtures(["cumulativeSum"]),
      samples: [
        Sample(CumulativeSum(axis: 1), [numbers(2, 4)]), Sample(CumulativeSum(axis: 0, isReversed: true), [numbers(3)]),
      ],
      refusals: [
        Refusal(CumulativeSum(axis: 1), [f64(2)], "no axis 1"), Refusal(CumulativeSum(axis: 0), [bool(2)], "numeric"),
      ]),
    PrimitiveRow(
      Sort.self, .fixtures(["sort", "argsort"]),
      samples: [
        Sample(Sort(axis: 1), [numbers(2, 5)], gives: [f64(2, 5), i32(2, 5)]),
        // Ties keep their order; what is sorted along may be of any type.
        Sample(
          Sort(axis: 0, operandCount: 3, isDescending: true),
          [integers(3, 1, 3, 2), numbers(4), integers(0, 1, 2, 3)], gives: [i32(4), f64(4), i32(4), i32(4)]),
      ],
      refusals: [
        Refusal(Sort(axis: 1), [f64(2)], "no axis 1"), Refusal(Sort(axis: 0, operandCount: 0), [], "are to be sorted"),
        Refusal(Sort(axis: 0, operandCount: 2), [f64(2), f64(3)], "must agree"),
      ]),
    reduction(MaximumReduction.self, ["max", "any", "argMax"]), reduction(MinimumReduction.self, ["min", "all"]),
  ]

  /// No zero, one and two zeros among the factors.
  private static let withZeros = Tensor([2, 0.5, 3, 0, 1.5, -2, 0, 0, 4], shape: [3, 3])

  private static func reduction<Kind: Reduction>(
    _ kind: Kind.Type, _ fixtures: [String], extra: [Sample] = []
  ) -> PrimitiveRow {
    PrimitiveRow(
      kind, .fixtures(fixtures),
      samples: [
        Sample(Kind(axes: [0, 2]), [numbers(2, 3, 2)], gives: [f64(3)]),
        Sample(Kind(axes: []), [numbers(2)]), Sample(Kind(axes: [1]), [numbers(2, 0)], gives: [f64(2)]),
      ] + extra,
      refusals: [Refusal(Kind(axes: [2]), [f64(2, 3)], "axes"), Refusal(Kind(axes: [0, 0]), [f64(2)], "distinct")])
  }
}
