import Configuration
import Foundation
@_exported import Tensors

/// A hyper-parameter as a function of training's progress. A plain number is one, and so is a scalar tensor.
///
/// ```swift
/// SGD(learningRate: 0.1)
/// SGD(learningRate: CosineSchedule(0.1))
/// ```
public protocol Schedule: Sendable {
  /// The value for the coming update, a scalar of the given type.
  func value(at progress: Progress, dtype: DType) -> Tensor
  /// The number, if the schedule is the same one throughout; by default it isn't.
  var constant: Double? { get }
  /// Values between which the schedule stays as far as it is known before training, each of which it takes or comes near: as
  /// it is drawn, whether or not training lasts as long. By default nothing is known of a schedule.
  var extremes: [Double] { get }
}

extension Schedule {
  public var constant: Double? { nil }
  public var extremes: [Double] { constant.map { [$0] } ?? [] }
}

/// A schedule that can be chosen by name.
public protocol NamedSchedule: Schedule, Configurable {}

extension Double: Schedule {
  public var constant: Double? { self }
  public func value(at progress: Progress, dtype: DType) -> Tensor { Tensor(self, dtype: dtype) }
}

extension Tensor: Schedule {
  public func value(at progress: Progress, dtype: DType) -> Tensor { cast(to: dtype) }
}

extension Int: Schedule {
  public var constant: Double? { Double(self) }
  public func value(at progress: Progress, dtype: DType) -> Tensor { Tensor(Double(self), dtype: dtype) }
}

/// Every number of a method may be a schedule: the formats of numbers are formats of schedules too.
extension SettingFormat where Value == any Schedule {
  /// A number, or a schedule by name whose values are such numbers, as far as they are known.
  /// - Parameter rounded: how a method makes the number that it needs of a schedule's value.
  private static func scheduled(
    _ number: SettingFormat<Double>, rounded: @escaping @Sendable (Double) -> Double = { $0 }
  ) -> SettingFormat {
    SettingFormat(
      number.allowed + ", or a schedule",
      read: { (options, key, fallback) throws(ConfigurationError) in
        if case .number = try options.peek(key) { return try options.value(key, number, default: 0.0) }
        let (text, origin) = (try options.peek(key)?.description, options.origin(of: key))
        let schedule = try options.schedule(key, default: fallback)
        // A method's own default is as it is.
        guard let text else { return schedule }
        for value in schedule.extremes {
          var values = Options([key: .number(rounded(value))])
          do { _ = try values.value(key, number, default: 0.0) } catch {
            throw .outOfRange(
              key: key, value: "\(text), which reaches \(value.shown)", range: number.allowed, origin: origin)
          }
        }
        return schedule
      },
      write: { (schedule) throws(ConfigurationError) in try schedule.notation() })
  }

  /// A finite number that is 0 or more, or a schedule by name.
  public static var schedule: SettingFormat { scheduled(.nonNegative) }

  /// As ``schedule``.
  public static var nonNegative: SettingFormat { schedule }
  /// As ``schedule``; a number must be above 0.
  public static var positive: SettingFormat { scheduled(.positive) }
  /// As ``schedule``; a number must be below 1.
  public static var decayRate: SettingFormat { scheduled(.decayRate) }
  /// As ``schedule``; a number must be a probability.
  public static var probability: SettingFormat { scheduled(.probability) }
  /// As ``schedule``; a number may be negative.
  public static var finite: SettingFormat { scheduled(.finite) }
  /// As ``schedule``; a number must be whole and in a range.
  public static func integer(in range: ClosedRange<Int>) -> SettingFormat {
    let whole = SettingFormat<Int>.integer(in: range)
    return scheduled(
      SettingFormat<Double>(
        whole.allowed,
        read: { (options, key, fallback) throws(ConfigurationError) in
          Double(try options.value(key, whole, default: Int(fallback)))
        },
        write: { .number($0) }), rounded: { $0.rounded() })
  }

  /// As ``schedule``; a number must be in a range.
  public static func number(in range: ClosedRange<Double>) -> SettingFormat { scheduled(.number(in: range)) }
}

extension Schedule {
  package func notation() throws(ConfigurationError) -> OptionValue {
    if let constant, !(self is any Configurable) { return .number(constant) }
    return try OptionValue(method: self)
  }
}

extension Double {
  /// In nine digits: a value that is only come near is a bit off.
  fileprivate var shown: String {
    OptionValue.number(Double(String(format: "%.9g", self)) ?? self).description
  }

  /// The next number on the way to another one, of a value that is come near and never taken.
  func before(_ value: Double) -> Double { self < value ? nextUp : self > value ? nextDown : self }
}

extension Options {
  /// A finite number, or the name of a schedule: `0.1`, `cosine(initial: 0.1)`.
  public mutating func schedule(
    _ key: String, default fallback: any Schedule
  ) throws(ConfigurationError) -> any Schedule {
    let registry = Registry<any NamedSchedule>.all
    let expected = "a number or a schedule (\(registry.names.joined(separator: ", ")))"
    switch try peek(key) {
    case nil:
      _ = take(key)
      return fallback
    case .number: return try value(key, .finite, default: 0.0)
    case .choice: return try registry.build(choice(key, default: MethodSpec(key)))
    case .text(let name):
      let choice = try choice(key, default: MethodSpec(key))
      // A word that is near no schedule may have been meant as a number.
      guard registry.type(named: name) != nil || name.nearest(in: registry.names) != nil else {
        throw .wrongType(key: key, expected: expected, found: "'\(name)'", origin: origin(of: key))
      }
      return try registry.build(choice)
    case let value?:
      throw .wrongType(key: key, expected: expected, found: value.description, origin: origin(of: key))
    }
  }
}
