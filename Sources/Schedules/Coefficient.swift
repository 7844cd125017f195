import Foundation

/// The present value of a schedule, for formulas: a number that stays one while a step is traced, so that `1 - beta` of a
/// constant has all digits, or a scalar of the running program.
///
/// ```swift
/// let progress = Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 10)
/// let beta = CosineSchedule(0.9, final: 0.99).at(progress)
/// let mean = Tensor([1.0, 2.0]) * beta + Tensor([3.0, 4.0]) * (1 - beta)
/// print(mean.shape)  // [2]
/// ```
public struct Coefficient: Sendable {
  /// The number, if it is one.
  public let constant: Double?
  private let scalar: @Sendable (DType) -> Tensor

  public init(_ constant: Double) {
    self.constant = constant
    scalar = { Tensor(constant, dtype: $0) }
  }

  /// - Parameter scalar: the value as a scalar of a type.
  public init(_ scalar: @escaping @Sendable (DType) -> Tensor) { (constant, self.scalar) = (nil, scalar) }

  /// The value as a scalar of a type.
  public func tensor(_ dtype: DType) -> Tensor { scalar(dtype) }

  private static func combine(
    _ one: Coefficient, _ other: Coefficient, _ numbers: (Double, Double) -> Double,
    _ tensors: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Coefficient {
    if let one = one.constant, let other = other.constant { return Coefficient(numbers(one, other)) }
    return Coefficient { tensors(one.tensor($0), other.tensor($0)) }
  }

  public static func + (one: Coefficient, other: Coefficient) -> Coefficient { combine(one, other, +) { $0 + $1 } }
  public static func * (one: Coefficient, other: Coefficient) -> Coefficient { combine(one, other, *) { $0 * $1 } }
  public static func / (one: Coefficient, other: Coefficient) -> Coefficient { combine(one, other, /) { $0 / $1 } }
  public static func / (one: Double, other: Coefficient) -> Coefficient { Coefficient(one) / other }
  public static func / (one: Coefficient, other: Double) -> Coefficient { one / Coefficient(other) }
  public static func + (one: Coefficient, other: Double) -> Coefficient { one + Coefficient(other) }
  public static func - (one: Coefficient, other: Double) -> Coefficient {
    combine(one, Coefficient(other), -) { $0 - $1 }
  }

  public static func + (one: Double, other: Coefficient) -> Coefficient { Coefficient(one) + other }
  public static func * (one: Double, other: Coefficient) -> Coefficient { Coefficient(one) * other }
  public static func - (one: Double, other: Coefficient) -> Coefficient {
    combine(Coefficient(one), other, -) { $0 - $1 }
  }

  public static func - (one: Coefficient, other: Coefficient) -> Coefficient { combine(one, other, -) { $0 - $1 } }

  /// The greater one of the coefficient and a number.
  public func maximum(_ least: Double) -> Coefficient {
    Self.combine(self, Coefficient(least), Swift.max) { $0.maximum($1) }
  }

  /// The coefficient after a function, as it is of numbers and of tensors.
  public func map(
    _ number: (Double) -> Double, _ tensor: @escaping @Sendable (Tensor) -> Tensor
  ) -> Coefficient {
    constant.map { Coefficient(number($0)) } ?? Coefficient { tensor(self.tensor($0)) }
  }

  public func squareRoot() -> Coefficient { map({ $0.squareRoot() }, { $0.sqrt() }) }

  /// The natural logarithm.
  public func log() -> Coefficient { map(Foundation.log, { $0.log() }) }

  public static prefix func - (one: Coefficient) -> Coefficient { -1 * one }
}

extension Schedule {
  /// The present value, for formulas.
  public func at(_ progress: Progress) -> Coefficient {
    if let constant { return Coefficient(constant) }
    return Coefficient { self.value(at: progress, dtype: $0) }
  }
}

extension Schedule {
  /// The schedule at one point of training, whatever the progress that it is asked for.
  public func fixed(at progress: Progress) -> any Schedule {
    constant == nil ? Moment(schedule: self, progress: progress) : self
  }

  /// The value before training.
  public var initial: Coefficient { at(Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1)) }
}

private struct Moment: Schedule {
  let schedule: any Schedule
  let progress: Progress

  func value(at _: Progress, dtype: DType) -> Tensor { schedule.value(at: progress, dtype: dtype) }
}

extension Tensor {
  public static func + (tensor: Tensor, value: Coefficient) -> Tensor {
    value.constant.map { tensor + $0 } ?? tensor + value.tensor(tensor.dtype)
  }

  public static func - (tensor: Tensor, value: Coefficient) -> Tensor {
    value.constant.map { tensor - $0 } ?? tensor - value.tensor(tensor.dtype)
  }

  public static func / (tensor: Tensor, value: Coefficient) -> Tensor {
    value.constant.map { tensor / $0 } ?? tensor / value.tensor(tensor.dtype)
  }

  public static func * (tensor: Tensor, value: Coefficient) -> Tensor {
    value.constant.map { tensor * $0 } ?? tensor * value.tensor(tensor.dtype)
  }

  public static func / (value: Coefficient, tensor: Tensor) -> Tensor {
    value.constant.map { $0 / tensor } ?? value.tensor(tensor.dtype) / tensor
  }

  public func power(_ exponent: Coefficient) -> Tensor {
    exponent.constant.map { power($0) } ?? power(exponent.tensor(dtype))
  }

  public func maximum(_ value: Coefficient) -> Tensor {
    value.constant.map { maximum($0) } ?? maximum(value.tensor(dtype))
  }

  public func minimum(_ value: Coefficient) -> Tensor {
    value.constant.map { minimum($0) } ?? minimum(value.tensor(dtype))
  }
}
