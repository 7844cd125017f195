extension Tensor {
  /// Normalizes each channel, the last axis, by its mean and variance over all other axes: batch normalization as in
  /// training.
  ///
  /// S. Ioffe and C. Szegedy, [Batch normalization](https://arxiv.org/abs/1502.03167) (2015).
  ///
  /// Statistics are computed in float32 for float16 and bfloat16, otherwise in the element type of `x`, and so are
  /// `scale` and `offset`, which may be of either type. A bias of channels that was added to `x` doesn't change the
  /// output: it is added to the mean instead, and its gradient through the output is exactly 0 (see `Rewrites`).
  ///
  /// ```swift
  /// let (output, mean, variance) = Tensor.batchNormalization(Key(seed: 1).normal([64, 10]), epsilon: 1e-5)
  /// print(output.shape, mean.shape, variance.shape)  // [64, 10] [10] [10]
  /// ```
  /// - Parameters:
  ///   - x: `[…, channels]`, of rank 2 or more.
  ///   - scale: `[channels]`, ones by default.
  ///   - offset: `[channels]`, zeros by default.
  ///   - epsilon: added to the variance before its root is taken.
  ///   - activation: applied to the output.
  ///   - devices: those that have other examples of the batch; mean and variance are over all of them.
  /// - Returns: the output, of the type of `x`, and mean and biased variance `[channels]` of the batch.
  public static func batchNormalization(
    _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double, activation: FusedActivation = .none,
    over devices: DeviceAxis? = nil, file: String = #fileID, line: Int = #line
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let dtype = x.dtype.accumulation
    let channels = TensorType(dtype, [x.shape.last])
    let scale = scale?.cast(to: dtype) ?? Tensor(1, dtype: dtype).broadcast(to: channels.shape)
    let offset = offset?.cast(to: dtype) ?? Tensor(0, dtype: dtype).broadcast(to: channels.shape)
    let primitive = BatchNormalization(
      epsilon: epsilon, activation: activation, devices: devices ?? DeviceAxis(devices: 1))
    let results = Rewrites.apply(primitive, to: [x, scale, offset], file: file, line: line)
    return (results[0], results[1], results[2])
  }
}

extension Tensor {
  /// Normalizes each row, along the last axis, by its mean and variance.
  ///
  /// J. L. Ba, J. R. Kiros and G. E. Hinton, [Layer normalization](https://arxiv.org/abs/1607.06450) (2016).
  ///
  /// Statistics are computed in float32 for float16 and bfloat16, otherwise in the element type of `x`, and so are `scale` and
  /// `offset`.
  ///
  /// ```swift
  /// let y = Tensor.layerNormalization(Tensor([1.0, 2.0, 3.0], shape: [1, 3]), epsilon: 0)
  /// print(try y.values(as: Double.self))  // [-1.2247…, 0.0, 1.2247…]
  /// ```
  /// - Parameters:
  ///   - x: `[…, features]`, of rank 2 or more.
  ///   - scale: `[features]`, ones by default.
  ///   - offset: `[features]`, zeros by default.
  ///   - epsilon: added to the variance before its root is taken.
  /// - Returns: as `x`.
  public static func layerNormalization(
    _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let dtype = x.dtype.accumulation
    func features(_ given: Tensor?, _ number: Double) -> Tensor {
      given?.cast(to: dtype) ?? Tensor(number, dtype: dtype).broadcast(to: [x.shape.last])
    }
    return Tensor(
      LayerNormalization(epsilon: epsilon), [x, features(scale, 1), features(offset, 0)], file: file, line: line)
  }
}

/// An activation that an operation applies to its result in the same pass over memory.
public enum FusedActivation: String, Sendable, Hashable, CaseIterable {
  case none
  /// max(x, 0); NaN stays NaN, and the gradient at 0 is 0.
  case relu
}
