import Schedules

extension Key {
  /// Uniform between two numbers.
  func uniform(_ shape: Shape, from low: Coefficient, to high: Coefficient) -> Tensor {
    uniform(shape) * (high - low) + low
  }

  /// Uniform up to a magnitude, in either direction.
  func uniform(_ shape: Shape, within limit: Coefficient) -> Tensor { uniform(shape, from: -limit, to: limit) }

  /// True with a probability.
  func bernoulli(_ shape: Shape, probability: Coefficient) -> Tensor {
    probability.constant.map { bernoulli(shape, probability: $0) } ?? (uniform(shape) .< probability.tensor(.float32))
  }
}

extension Coefficient {
  /// The nearest whole number, as a scalar of a type.
  func wholeNumber(_ dtype: DType) -> Tensor {
    constant.map { Tensor($0, dtype: dtype) } ?? tensor(.float32).rounded().cast(to: dtype)
  }

  /// The nearest whole number, as often as another tensor has numbers.
  func wholeNumber(like other: Tensor) -> Tensor {
    constant.map { Tensor($0, like: other) } ?? wholeNumber(other.dtype).broadcast(to: other.shape)
  }

  /// `float32 [1]`
  var row: Tensor { constant.map { Tensor([Float($0)]) } ?? tensor(.float32).reshape(to: [1]) }

  /// The nearest whole number, `float32 [1]`.
  var wholeRow: Tensor { constant.map { Tensor([Float($0)]) } ?? tensor(.float32).rounded().reshape(to: [1]) }
}
