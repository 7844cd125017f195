import Schedules

extension Key {
  /// Uniform between two numbers.
  func uniform(_ shape: Shape, from low: Coefficient, to high: Coefficient) -> Tensor {
    uniform(shape) * (high - low) + low
  }

  /// Uniform in a range; its upper end is reached by rounding only.
  func uniform(_ shape: Shape, in range: any RangeSchedule) -> Tensor {
    uniform(shape, from: range.low.initial, to: range.high.initial)
  }

  /// Uniform up to a magnitude, in either direction.
  func uniform(_ shape: Shape, within limit: Coefficient) -> Tensor { uniform(shape, from: -limit, to: limit) }

  /// True with a probability.
  func bernoulli(_ shape: Shape, probability: Coefficient) -> Tensor {
    probability.constant.map { bernoulli(shape, probability: $0) } ?? (uniform(shape) .< probability.tensor(.float32))
  }

  /// Whole numbers from 0 to `limit`, a whole number itself, all equally likely, `int32`.
  func offsets(_ shape: Shape, upTo limit: Coefficient) -> Tensor {
    (uniform(shape) * (limit + 1)).floor().minimum(limit).cast(to: .int32)
  }

  /// As many whole numbers as `shape` holds.
  func offsets(_ shape: Shape, upTo limit: Int) -> Tensor { offsets(shape, upTo: Coefficient(Double(limit))) }

  /// Whole numbers from 0 to `limit`, `int32 [count]`.
  package func offsets(_ count: Int, upTo limit: Int) -> Tensor { offsets([count], upTo: limit) }
}

extension Coefficient {
  /// The nearest whole number.
  var whole: Coefficient {
    constant == nil ? Coefficient { self.tensor(.float32).rounded().cast(to: $0) } : self
  }

  var roundedDown: Coefficient { map({ $0.rounded(.down) }, { $0.floor() }) }

  /// As often as another tensor has numbers.
  func broadcast(like other: Tensor) -> Tensor {
    constant.map { Tensor($0, like: other) } ?? tensor(other.dtype).broadcast(to: other.shape)
  }

  /// `float32 [1]`
  var row: Tensor { constant.map { Tensor([Float($0)]) } ?? tensor(.float32).reshape(to: [1]) }
}

extension Tensor {
  /// With a number where `condition` holds.
  func replaced(where condition: Tensor, by value: Coefficient) -> Tensor {
    value.constant.map { replaced(where: condition, by: $0) } ?? replaced(where: condition, by: value.tensor(dtype))
  }
}
