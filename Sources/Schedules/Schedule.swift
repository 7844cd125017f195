import Configuration
@_exported import Tensors

/// A hyper-parameter as a function of training's progress. A plain number is one, and so is a scalar tensor.
///
/// ```swift
/// SGD(rate: 0.1)
/// SGD(rate: CosineSchedule(0.1))
/// ```
public protocol Schedule: Sendable {
  /// The value for the coming update, a scalar of the given type.
  func value(at progress: Progress, dtype: DType) -> Tensor
}

/// A schedule that can be chosen by name.
public protocol NamedSchedule: Schedule, Catalogued {}

extension Double: Schedule {
  public func value(at progress: Progress, dtype: DType) -> Tensor { Tensor(self, dtype: dtype) }
}

extension Tensor: Schedule {
  public func value(at progress: Progress, dtype: DType) -> Tensor { cast(to: dtype) }
}

extension Options {
  /// A number that is 0 or more, or the name of a schedule: `0.1`, `cosine(initial: 0.1)`.
  public mutating func schedule(
    _ key: String, default fallback: any Schedule
  ) throws(ConfigurationError) -> any Schedule {
    guard let value = take(key) else { return fallback }
    switch value {
    case .number:
      var single = Options([key: value], origin: origin(of: key))
      return try single.nonNegative(key, default: 0)
    case .choice(let choice): return try Catalog<any NamedSchedule>.all.make(choice)
    case .text(let name): return try Catalog<any NamedSchedule>.all.make(Choice(name, Options(origin: origin(of: key))))
    default:
      throw .wrongType(key: key, expected: "a number or a schedule", found: value.description, origin: origin(of: key))
    }
  }

  /// As ``schedule(_:default:)``; a number must be below 1.
  package mutating func momentum(_ key: String, default fallback: any Schedule) throws(ConfigurationError) -> any Schedule {
    guard let value = take(key) else { return fallback }
    var single = Options([key: value], origin: origin(of: key))
    if case .number = value { return try single.decayFactor(key, default: 0) }
    return try single.schedule(key, default: fallback)
  }
}
