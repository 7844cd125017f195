/// The examples of a step, or those of them that a device has.
struct StepExamples {
  let inputs: Tensor
  let targets: Tensor
  /// 0 for examples that only pad the batch, nil if there are none.
  let weights: Tensor?
  /// How much each example counts in the loss, nil if all count alike.
  let importance: Tensor?
  /// The level at which each example's loss is held, nil if none is.
  let floodLevels: Tensor?

  /// - Parameters:
  ///   - indices: of the examples in the data.
  ///   - isPadded: whether some may be -1.
  init(_ data: ResidentData, at indices: Tensor, isPadded: Bool) {
    weights = isPadded ? indices .>= 0 : nil
    inputs = data.inputs.take(indices)
    targets = data.targets.take(indices)
    importance = data.weights?.take(indices)
    floodLevels = data.floodLevels?.take(indices)
  }

  /// Zeros of the types of a batch.
  init(zerosOf data: ResidentData, count: Int, isPadded: Bool) {
    func batch(_ array: Tensor) -> Tensor { .zeros(Shape([count] + array.shape.dropFirst()), dtype: array.dtype) }
    (inputs, targets) = (batch(data.inputs), batch(data.targets))
    weights = isPadded ? .zeros([count], dtype: .bool) : nil
    (importance, floodLevels) = (data.weights.map(batch), data.floodLevels.map(batch))
  }
}
