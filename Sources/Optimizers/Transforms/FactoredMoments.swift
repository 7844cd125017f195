/// Updates over the root of their running squares, kept for matrices as a row and a column only, and clipped
/// (Adafactor, Shazeer and Stern 2018).
///
/// With `b = t^decayPower`, the rows' means of squares `r' = (1 - b) r + b mean_columns(g^2)` and the columns'
/// `c'` give `v = r' c' / mean(r')`; tensors of fewer than two axes keep `v` whole. The output is
/// `u / max(1, rms(u) / threshold)` of `u = g / sqrt(v)`.
public struct FactoredMoments: ParameterwiseTransform {
  /// How division by zero is avoided.
  public enum Floor: Sendable, Hashable {
    /// Squares are at least this much more than zero: `g^2 + epsilon` (the paper, Keras).
    case added(Double)
    /// `mean(r')` is at least epsilon and `v` at least its square; without a number, the parameter type's
    /// resolution (PyTorch).
    case clamped(Double?)
  }

  public var decayPower: Double
  public var threshold: Double
  public var floor: Floor

  public init(decayPower: Double = -0.8, threshold: Double = 1, floor: Floor = .added(1e-30)) {
    self.decayPower = decayPower
    self.threshold = threshold
    self.floor = floor
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    let zeros = parameter.widened.zerosLike()
    if parameter.rank < 2 {
      slots["second"] = zeros
    } else {
      slots["rows"] = zeros.sum([-1], keepingAxes: true)
      slots["columns"] = zeros.sum([-2], keepingAxes: true)
    }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let share = context.progress.updateNumber(dtype: gradient.dtype).power(decayPower)
    var squares = gradient.squared()
    if case .added(let epsilon) = floor { squares = squares + epsilon }
    func blended(_ name: String, _ value: Tensor) -> Tensor {
      let mean = slots[name] * (1 - share) + value * share
      slots[name] = mean
      return mean
    }
    var second: Tensor
    if update.rank < 2 {
      second = blended("second", squares)
    } else {
      let rows = blended("rows", squares.mean([-1], keepingAxes: true))
      let columns = blended("columns", squares.mean([-2], keepingAxes: true))
      var mean = rows.mean([-2], keepingAxes: true)
      if case .clamped(let epsilon) = floor { mean = mean.maximum(epsilon ?? update.dtype.resolution) }
      second = rows / mean * columns
    }
    if case .clamped(let epsilon) = floor {
      let epsilon = epsilon ?? update.dtype.resolution
      second = second.maximum(epsilon * epsilon)
    }
    let scaled = gradient / second.sqrt()
    return (scaled / (scaled.rootMeanSquare() / threshold).maximum(1)).cast(to: update.dtype)
  }
}

extension Tensor {
  /// The root of the mean of squares, a scalar; 0 of no elements.
  func rootMeanSquare() -> Tensor { norm() / Double(Swift.max(1, shape.elementCount)).squareRoot() }
}

extension DType {
  /// The distance from 1 to the next number.
  fileprivate var resolution: Double {
    switch self {
    case .float64: 0x1p-52
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    default: 0x1p-23
    }
  }
}
