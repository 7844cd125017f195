@testable import Tensors

extension PrimitiveTable {
  static let unary: [PrimitiveRow] =
    elementwise + [
      PrimitiveRow(
        Not.self, .fixtures(["not"]), samples: [Sample(Not(), [Tensor([true, false])])],
        refusals: [Refusal(Not(), [f64(2)], "integer or bool")]),
      PrimitiveRow(
        IsFinite.self, .fixtures(["isFinite"]),
        samples: [Sample(IsFinite(), [Tensor([1, .infinity, 2])], gives: [bool(3)])],
        refusals: [Refusal(IsFinite(), [i32(2)], "floating-point")]),
      PrimitiveRow(
        Convert.self, .fixtures(["convert"]),
        samples: [
          // Through a narrower type and back: its own gradient would be lost in rounding otherwise.
          Sample([Tensor([0.5, -1.25])], gives: [f64(2)]) { Tensor.apply(Convert(dtype: .float64), to: $0) },
          Sample(Convert(dtype: .int32), [Tensor([0.5, -1.75])], gives: [i32(2)]),
          Sample(Convert(dtype: .float64), [integers(3, 4)], gives: [f64(2)]),
        ],
        refusals: [
          Refusal("already refused") {
            Tensor.apply(
              Convert(dtype: .float32), to: [.failed(Diagnostic(operation: "test", message: "already refused"))])
          }
        ]),
      PrimitiveRow(
        Identity.self, .stated, samples: [Sample(Identity(), [Tensor([1.5, 2])], values: [[1.5, 2]])],
        refusals: [Refusal("already refused") { same(Identity()) }]),
      PrimitiveRow(
        StopGradient.self, .stated, samples: [Sample(StopGradient(), [Tensor([1.5, 2])], values: [[1.5, 2]])],
        refusals: [Refusal("already refused") { same(StopGradient()) }]),
    ]

  /// What takes any tensor refuses only one that failed before.
  private static func same(_ primitive: some Primitive) -> [Tensor] {
    Tensor.apply(primitive, to: [.failed(Diagnostic(operation: "test", message: "already refused"))])
  }

  private static let elementwise: [PrimitiveRow] = [
    row(Negate(), "negate", "numeric", bool(2)),
    row(AbsoluteValue(), "abs", "signed", TensorType(.uint8, [2])),
    row(Sign(), "sign", "signed", bool(2)),
    row(Exponential(), "exp"), row(ExponentialMinusOne(), "expm1"),
    row(Logarithm(), "log", at: positive), row(LogarithmOnePlus(), "log1p", at: [-0.7, -0.1, 0, 0.4, 5]),
    row(SquareRoot(), "sqrt", at: positive), row(ReciprocalSquareRoot(), "rsqrt", at: positive),
    row(CubeRoot(), "cbrt", at: [-2.5, -0.3, 0.4, 8]), row(HyperbolicTangent(), "tanh"), row(Logistic(), "logistic"),
    row(Sine(), "sin"), row(Cosine(), "cos"), row(ErrorFunction(), "erf"),
    row(InverseErrorFunction(), "erfInverse", at: [-0.8, -0.2, 0, 0.6]),
    row(Floor(), "floor"), row(Ceiling(), "ceil"), row(RoundToEven(), "roundNearestEven"),
  ]

  private static let positive = [0.2, 0.9, 1.6, 7]

  private static func row(
    _ primitive: some UnaryElementwise, _ fixture: String, _ message: String = "floating-point",
    _ refused: TensorType = i32(2), at points: [Double] = [-1.7, -0.4, 0.3, 1.2]
  ) -> PrimitiveRow {
    PrimitiveRow(
      Swift.type(of: primitive), .fixtures([fixture]),
      samples: [Sample(primitive, [Tensor(points)])],
      refusals: [Refusal(primitive, [refused], message)])
  }
}
