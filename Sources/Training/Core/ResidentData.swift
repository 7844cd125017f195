/// A supervised data set in the device's memory, as it came: bytes stay bytes.
public struct ResidentData: Sendable {
  /// `[count, …]`
  public let inputs: Tensor
  /// `[count]` class indices, or `[count, …]` values.
  public let targets: Tensor
  public let count: Int

  /// - Throws: `EngineError` if the device can't hold it.
  public init(_ data: LabeledArrays) throws {
    count = data.count
    inputs = Tensor(try Tensor(data.inputs).buffer())
    targets = Tensor(try Tensor(data.targets).buffer())
  }

  /// The type of a batch of inputs.
  func inputType(batch: Int) -> TensorType { TensorType(inputs.dtype, inputs.shape.replacingFirst(with: batch)) }
}

extension Shape {
  func replacingFirst(with extent: Int) -> Shape { Shape([extent] + dropFirst()) }
}
