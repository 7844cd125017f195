@testable import Tensors

extension PrimitiveTable {
  static let leaves = [
    PrimitiveRow(
      Constant.self, .stated,
      samples: [
        Sample([], gives: [f64(2, 2)], values: [[1, -2.5, 1e-7, 1e300]]) { _ in
          [Tensor([1, -2.5, 1e-7, 1e300], shape: [2, 2])]
        },
        Sample([], gives: [f64(2, 0)], values: [[]]) { _ in [Tensor([Double](), shape: [2, 0])] },
        Sample([], gives: [f64(80)], values: [(0..<80).map(Double.init)]) { _ in [Tensor((0..<80).map(Double.init))] },
      ],
      refusals: [Refusal("3") { [Tensor([1.0, 2], shape: [3])] }]),
    PrimitiveRow(
      DeviceArray.self, .stated,
      samples: [
        Sample([], gives: [f64(2)], values: [[1, 2]]) { _ in
          let evaluated = Result { try Tensor([1.0, 2]).evaluate() }
          return [(try? evaluated.get()) ?? .failed(Diagnostic(operation: "evaluate", message: "\(evaluated)"))]
        }
      ]),
    PrimitiveRow(
      Placeholder.self, .stated,
      samples: [Sample([Tensor([1.0, 2])], gives: [f64(2)], values: [[1, 2]]) { $0 }],
      refusals: [Refusal("0 or more") { [Tensor(Placeholder(f64(-1)), [])] }]),
    PrimitiveRow(
      Iota.self, .fixtures(["iota"]),
      samples: [Sample(Iota(type: i32(2, 3), axis: 1), [], gives: [i32(2, 3)])],
      refusals: [
        Refusal(Iota(type: i32(2), axis: 1), [], "no axis 1"), Refusal(Iota(type: bool(2), axis: 0), [], "bool"),
        Refusal(Iota(type: i32(-2), axis: 0), [], "can't count"),
      ]),
  ]
}
