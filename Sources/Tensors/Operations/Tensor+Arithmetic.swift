/// Elementwise arithmetic with NumPy's broadcasting: axes are aligned at the end, and those of extent 1 repeat.
///
/// A number takes the tensor's element type. Two tensors must have the same element type: nothing is promoted.
/// Operators take only their operands, so unlike other operations they don't know the line they are called in; see
/// ``TraceContext/recordsLines``.
///
/// ```swift
/// let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
/// let row = Tensor([10, 20, 30] as [Float])
/// print(try (x * 2 + row).values(as: Float.self))  // [12.0, 24.0, 36.0, 18.0, 30.0, 42.0]
/// ```
extension Tensor {
  /// Elementwise sum; the shapes broadcast.
  public static func + (x: Tensor, y: Tensor) -> Tensor { broadcasting(Add(), x, y) }
  /// Elementwise sum; the shapes broadcast.
  public static func + (x: Tensor, y: Double) -> Tensor { broadcasting(Add(), x, Tensor(y, dtype: x.dtype)) }
  /// Elementwise sum; the shapes broadcast.
  public static func + (x: Double, y: Tensor) -> Tensor { broadcasting(Add(), Tensor(x, dtype: y.dtype), y) }
  /// Elementwise difference; the shapes broadcast.
  public static func - (x: Tensor, y: Tensor) -> Tensor { broadcasting(Subtract(), x, y) }
  /// Elementwise difference; the shapes broadcast.
  public static func - (x: Tensor, y: Double) -> Tensor { broadcasting(Subtract(), x, Tensor(y, dtype: x.dtype)) }
  /// Elementwise difference; the shapes broadcast.
  public static func - (x: Double, y: Tensor) -> Tensor { broadcasting(Subtract(), Tensor(x, dtype: y.dtype), y) }
  /// Elementwise product; the shapes broadcast.
  public static func * (x: Tensor, y: Tensor) -> Tensor { broadcasting(Multiply(), x, y) }
  /// Elementwise product; the shapes broadcast.
  public static func * (x: Tensor, y: Double) -> Tensor { broadcasting(Multiply(), x, Tensor(y, dtype: x.dtype)) }
  /// Elementwise product; the shapes broadcast.
  public static func * (x: Double, y: Tensor) -> Tensor { broadcasting(Multiply(), Tensor(x, dtype: y.dtype), y) }
  /// Elementwise quotient; the shapes broadcast.
  public static func / (x: Tensor, y: Tensor) -> Tensor { broadcasting(Divide(), x, y) }
  /// Elementwise quotient; the shapes broadcast.
  public static func / (x: Tensor, y: Double) -> Tensor { broadcasting(Divide(), x, Tensor(y, dtype: x.dtype)) }
  /// Elementwise quotient; the shapes broadcast.
  public static func / (x: Double, y: Tensor) -> Tensor { broadcasting(Divide(), Tensor(x, dtype: y.dtype), y) }
  /// Adds another tensor.
  public static func += (x: inout Tensor, y: Tensor) { x = x + y }
  /// Subtracts another tensor.
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }
  /// Multiplies by another tensor.
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }
  /// Divides by another tensor.
  public static func /= (x: inout Tensor, y: Tensor) { x = x / y }
  /// The negative of each element.
  public static prefix func - (x: Tensor) -> Tensor { Tensor(Negate(), [x]) }

  /// `self` to the power of `exponent`; `0^0` is 1.
  public func power(_ exponent: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(Power(), self, exponent, file: file, line: line)
  }
  /// Each element to the power of `exponent`.
  public func power(_ exponent: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    power(Tensor(exponent, dtype: dtype), file: file, line: line)
  }

  /// The remainder of division truncated toward zero, with the sign of `self`, as C's `fmod`.
  public func remainder(dividingBy divisor: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(Remainder(), self, divisor, file: file, line: line)
  }
  /// The remainder of dividing each element by a number.
  public func remainder(dividingBy divisor: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    remainder(dividingBy: Tensor(divisor, dtype: dtype), file: file, line: line)
  }

  /// The larger of two elements; NaN where either is.
  public func maximum(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(Maximum(), self, other, file: file, line: line)
  }
  /// The larger of each element and a number; NaN where the element is.
  public func maximum(_ other: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    maximum(Tensor(other, dtype: dtype), file: file, line: line)
  }

  /// The smaller of two elements; NaN where either is.
  public func minimum(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(Minimum(), self, other, file: file, line: line)
  }
  /// The smaller of each element and a number; NaN where the element is.
  public func minimum(_ other: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    minimum(Tensor(other, dtype: dtype), file: file, line: line)
  }

  /// Elements clamped to `range`; NaN stays NaN.
  public func clamped(
    to range: ClosedRange<Double>, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    maximum(range.lowerBound, file: file, line: line).minimum(range.upperBound, file: file, line: line)
  }

  /// The angle in radians of the point `(x, y)`.
  public static func atan2(_ y: Tensor, _ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    broadcasting(ArcTangent(), y, x, file: file, line: line)
  }

  /// Applies an elementwise primitive to inputs brought to one shape.
  /// - Parameter file: the caller's; nil for operators, which can't know it.
  static func broadcasting(
    _ primitive: some Primitive, _ x: Tensor, _ y: Tensor, file: String? = nil, line: Int = 0
  ) -> Tensor {
    if x.shape == y.shape { return Tensor(primitive, [x, y], file: file, line: line) }
    guard let shape = Shape.broadcast(x.shape, y.shape) else {
      return .failed(
        Swift.type(of: primitive).name, "shapes \(x.shape) and \(y.shape) don't broadcast", [x, y],
        file: file, line: line)
    }
    return Tensor(primitive, [x.broadcast(to: shape), y.broadcast(to: shape)], file: file, line: line)
  }
}

extension Shape {
  /// The shape both broadcast to, or nil.
  static func broadcast(_ x: Shape, _ y: Shape) -> Shape? {
    let rank = Swift.max(x.rank, y.rank)
    var result: [Int] = []
    for axis in 1...Swift.max(rank, 1) where rank > 0 {
      let (i, j) = (axis <= x.rank ? x[-axis] : 1, axis <= y.rank ? y[-axis] : 1)
      guard i == j || i == 1 || j == 1 else { return nil }
      result.append(i == 1 ? j : i)
    }
    return Shape(result.reversed())
  }
}
