import Configuration

/// A range whose ends are schedules; a plain range is one. Ends that cross are still those of the range.
///
/// ```swift
/// Zoom(0.75...1.25)
/// Zoom(ScheduledRange(from: PolynomialSchedule(1, final: 0.5), to: 1.5))
/// ```
public protocol RangeSchedule: Sendable {
  /// The lower end.
  var low: any Schedule { get }
  /// The upper end.
  var high: any Schedule { get }
}

extension ClosedRange: RangeSchedule where Bound: Schedule {
  public var low: any Schedule { lowerBound }
  public var high: any Schedule { upperBound }
}

/// A range between two schedules.
public struct ScheduledRange: RangeSchedule {
  public var low: any Schedule
  public var high: any Schedule

  public init(from low: any Schedule, to high: any Schedule) { (self.low, self.high) = (low, high) }
}

extension RangeSchedule {
  /// The range, if its ends are numbers, the lower one first.
  public var constant: ClosedRange<Double>? {
    guard let low = low.constant, let high = high.constant, low <= high else { return nil }
    return low...high
  }

  /// The values between which its ends stay, as far as they are known before training.
  public var extremes: [Double] { low.extremes + high.extremes }

  /// The range at one point of training, whatever the progress that it is asked for.
  public func fixed(at progress: Progress) -> any RangeSchedule {
    ScheduledRange(from: low.fixed(at: progress), to: high.fixed(at: progress))
  }
}

extension SettingFormat where Value == any RangeSchedule {
  /// A range written `[low, high]` within `limits`; its ends may be schedules.
  public static func range(in limits: ClosedRange<Double>) -> SettingFormat {
    let end = SettingFormat<any Schedule>.number(in: limits)
    return SettingFormat(
      "[low, high] within \(OptionValue.number(limits.lowerBound)) to \(OptionValue.number(limits.upperBound)), "
        + "numbers or schedules",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let (value, origin) = (try options.peek(key), options.origin(of: key))
        _ = options.take(key)
        guard let value else { return fallback }
        guard case .list(let ends) = value, ends.count == 2 else {
          throw .wrongType(key: key, expected: "a range, [low, high]", found: value.description, origin: origin)
        }
        func read(_ value: OptionValue) throws(ConfigurationError) -> any Schedule {
          var alone = Options([key: value], origin: origin)
          return try alone.value(key, end, default: 0.0)
        }
        let range = ScheduledRange(from: try read(ends[0]), to: try read(ends[1]))
        guard let low = range.low.constant, let high = range.high.constant else { return range }
        guard low <= high else {
          throw .outOfRange(
            key: key, value: value.description, range: "[low, high], with the lower end first", origin: origin)
        }
        return low...high
      },
      write: { (range) throws(ConfigurationError) in
        .list([try range.low.notation(), try range.high.notation()])
      })
  }
}
