import PJRT

/// An array that lives on a device: programs take it as a further argument.
struct DeviceArray: Leaf {
  static let name = "deviceArray"
  let buffer: Buffer
  let type: TensorType

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    [Value(name: "%unbound", type: type)]
  }
}
