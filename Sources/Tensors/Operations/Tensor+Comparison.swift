/// Elementwise comparisons with broadcasting; the results are bool.
///
/// ```swift
/// let x = Tensor([-1, 0, 2] as [Float])
/// let y = x.replaced(where: x .< 0, by: 0)
/// print(try y.values(as: Float.self), try ((x .>= 0) .& (x .!= 2)).values(as: Bool.self))
/// print(try Tensor.select(x .> 0, x * 10, x).values(as: Float.self))  // [-1.0, 0.0, 20.0]
/// ```
extension Tensor {
  /// Where elements are equal.
  public static func .== (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .equal), x, y) }
  /// Where elements are equal.
  public static func .== (x: Tensor, y: Double) -> Tensor { x .== Tensor(y, dtype: x.dtype) }
  /// Where elements differ.
  public static func .!= (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .notEqual), x, y) }
  /// Where elements differ.
  public static func .!= (x: Tensor, y: Double) -> Tensor { x .!= Tensor(y, dtype: x.dtype) }
  /// Where the left element is less.
  public static func .< (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .less), x, y) }
  /// Where the left element is less.
  public static func .< (x: Tensor, y: Double) -> Tensor { x .< Tensor(y, dtype: x.dtype) }
  /// Where the left element is less or equal.
  public static func .<= (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .lessOrEqual), x, y) }
  /// Where the left element is less or equal.
  public static func .<= (x: Tensor, y: Double) -> Tensor { x .<= Tensor(y, dtype: x.dtype) }
  /// Where the left element is greater.
  public static func .> (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .greater), x, y) }
  /// Where the left element is greater.
  public static func .> (x: Tensor, y: Double) -> Tensor { x .> Tensor(y, dtype: x.dtype) }
  /// Where the left element is greater or equal.
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { broadcasting(Compare(direction: .greaterOrEqual), x, y) }
  /// Where the left element is greater or equal.
  public static func .>= (x: Tensor, y: Double) -> Tensor { x .>= Tensor(y, dtype: x.dtype) }
  /// Where both are true.
  public static func .& (x: Tensor, y: Tensor) -> Tensor { broadcasting(And(), x, y) }
  /// Where either is true.
  public static func .| (x: Tensor, y: Tensor) -> Tensor { broadcasting(Or(), x, y) }
  /// Where exactly one is true.
  public static func .^ (x: Tensor, y: Tensor) -> Tensor { broadcasting(ExclusiveOr(), x, y) }
  /// Where it is false.
  public static prefix func .! (x: Tensor) -> Tensor { Tensor(Not(), [x]) }

  /// Bits moved up; 0 where the shift is the width or more.
  public func shiftedLeft(by shift: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(ShiftLeft(), self, shift, file: file, line: line)
  }
  /// Bits moved down, zeros moved in.
  public func shiftedRight(by shift: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.broadcasting(ShiftRightLogical(), self, shift, file: file, line: line)
  }

  /// `other` where `condition` holds, `self` elsewhere; all three broadcast.
  public func replaced(
    where condition: Tensor, by other: Tensor, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.select(condition, other, self, file: file, line: line)
  }

  /// A number where `condition` holds, the element elsewhere.
  public func replaced(
    where condition: Tensor, by other: Double, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    replaced(where: condition, by: Tensor(other, dtype: dtype), file: file, line: line)
  }

  /// Elements of `x` where `condition` holds, of `y` elsewhere; all three broadcast.
  public static func select(
    _ condition: Tensor, _ x: Tensor, _ y: Tensor, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard let values = Shape.broadcast(x.shape, y.shape), let shape = Shape.broadcast(condition.shape, values) else {
      return .failed(
        Select.name, "shapes \(condition.shape), \(x.shape) and \(y.shape) don't broadcast", [condition, x, y],
        file: file, line: line)
    }
    return Tensor(Select(), [condition, x, y].map { $0.broadcast(to: shape) }, file: file, line: line)
  }
}
