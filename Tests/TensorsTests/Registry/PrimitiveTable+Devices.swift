@testable import Tensors

/// What devices exchange, of a single one; `DeviceAxisTests` has the others.
extension PrimitiveTable {
  private static let axis = DeviceAxis(devices: 1)

  static let devices = [
    PrimitiveRow(
      AllReduce.self, .stated,
      samples: [
        Sample(
          AllReduce(axis: axis, count: 2), [Tensor([1.0, -2]), Tensor([0.5], shape: [])], gives: [f64(2), f64()],
          values: [[1, -2], [0.5]]),
        Sample(AllReduce(axis: axis, count: 1), [integers(3, 4)], values: [[3, 4]]),
      ],
      refusals: [
        Refusal(AllReduce(axis: axis, count: 2), [f64(2), i32(2)], "one element type"),
        Refusal(AllReduce(axis: axis, count: 1), [f64(2), f64(2)], "needs 1 tensors"),
        Refusal(AllReduce(axis: axis, count: 1), [bool(2)], "numeric"),
      ]),
    PrimitiveRow(
      Spread.self, .stated,
      samples: [
        Sample(
          Spread(axis: axis, count: 2), [Tensor([1.0, -2]), integers(3)], gives: [f64(2), i32(1)],
          values: [[1, -2], [3]])
      ],
      refusals: [Refusal(Spread(axis: axis, count: 2), [f64(2)], "needs 2 tensors")]),
    PrimitiveRow(
      AllGather.self, .stated,
      samples: [
        Sample(
          AllGather(axis: axis, count: 2), [Tensor([1.0, -2, 3, 4], shape: [2, 2]), Tensor([0.5])],
          gives: [f64(2, 2), f64(1)], values: [[1, -2, 3, 4], [0.5]]),
        Sample(AllGather(axis: axis, count: 1), [integers(3, 4)], values: [[3, 4]]),
      ],
      refusals: [
        Refusal(AllGather(axis: axis, count: 1), [f64()], "needs rows"),
        Refusal(AllGather(axis: axis, count: 2), [f64(2), i32(2)], "one element type"),
      ]),
    PrimitiveRow(
      DeviceNumber.self, .stated, samples: [Sample(DeviceNumber(axis: axis), [], gives: [i32()], values: [[0]])]),
  ]
}
