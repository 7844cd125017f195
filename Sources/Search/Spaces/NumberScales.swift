import Configuration
import Foundation

/// Numbers between two ends, each factor as likely as another: for rates and penalties.
///
/// Values have four significant digits, or more where the range is narrow, so that they can be read, compared and typed.
///
/// ```swift
/// print(LogScale(1e-4, 1).value(at: 0.25))  // 0.001
/// ```
public struct LogScale: SearchScale {
  public static let declaration = Declaration(
    "log", "numbers between two ends, evenly by their logarithm", standard: LogScale(.nan, .nan),
    settings: .ends(\.low, \.high, .finite, of: "log(1e-4, 1)"), unnamed: 2, check: checkDeclared)

  public var low: Double
  public var high: Double

  public init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  public func check() throws(SearchError) {
    try Self.checkRange(low, high)
    guard low > 0 else { throw .notPositive(low: low) }
    guard low < high else { throw .emptyRange(notation) }
  }

  public func value(at coordinate: Double) -> OptionValue {
    let number = Swift.min(Swift.max(exp(log(low) + coordinate.clamped * length), low), high)
    let digits = 4 + Swift.max(0, -Int(log10(length).rounded(.down)))
    return .number(number.rounded(toDecimal: Int(log10(number).rounded(.down)) + 1 - digits, in: low...high))
  }

  public func coordinate(of value: OptionValue) -> Double? {
    guard case .number(let number) = value.meaning, (low...high).contains(number) else { return nil }
    return ((log(number) - log(low)) / length).clamped
  }

  private var length: Double { log(high) - log(low) }
}

/// Numbers between two ends, all equally likely.
///
/// Values have four decimal digits of the range's length: 0.5432 in a range from 0 to 1.
///
/// ```swift
/// print(LinearScale(0, 0.9).value(at: 0.5))  // 0.45
/// ```
public struct LinearScale: SearchScale {
  public static let declaration = Declaration(
    "linear", "numbers between two ends, evenly", standard: LinearScale(.nan, .nan),
    settings: .ends(\.low, \.high, .finite, of: "linear(0, 0.9)"), unnamed: 2, check: checkDeclared)

  public var low: Double
  public var high: Double

  public init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  public func check() throws(SearchError) {
    try Self.checkRange(low, high)
    guard low < high else { throw .emptyRange(notation) }
  }

  public func value(at coordinate: Double) -> OptionValue {
    let number = low + coordinate.clamped * (high - low)
    return .number(number.rounded(toDecimal: Int(log10(high - low).rounded(.down)) - 4, in: low...high))
  }

  public func coordinate(of value: OptionValue) -> Double? {
    guard case .number(let number) = value.meaning, (low...high).contains(number) else { return nil }
    return ((number - low) / (high - low)).clamped
  }
}

/// Whole numbers between two ends, which both belong to it; evenly, or evenly by their logarithm.
///
/// ```swift
/// print(IntegerScale(16, 512, isLog: true).value(at: 0.5))  // 89
/// ```
public struct IntegerScale: SearchScale {
  public static let declaration = Declaration(
    "integer", "whole numbers between two ends, ends included", standard: IntegerScale(.min, .max),
    settings: .ends(\.low, \.high, .integer(in: -1_000_000_000...1_000_000_000), of: "integer(16, 512)") + [
      Setting("log", \.isLog, .flag, "whether they lie evenly by their logarithm")
    ], unnamed: 2, check: checkDeclared)

  public var low: Int
  public var high: Int
  public var isLog: Bool

  public init(_ low: Int, _ high: Int, isLog: Bool = false) {
    (self.low, self.high, self.isLog) = (low, high, isLog)
  }

  public func check() throws(SearchError) {
    try Self.checkRange(Double(low), Double(high))
    if isLog, low < 1 { throw .notPositive(low: Double(low)) }
    guard low < high else { throw .emptyRange(notation) }
  }

  public func value(at coordinate: Double) -> OptionValue { .number(Double(integer(at: coordinate))) }

  public func coordinate(of value: OptionValue) -> Double? {
    guard case .number(let number) = value.meaning, let integer = Int(exactly: number), (low...high).contains(integer)
    else { return nil }
    let cell = cell(of: integer)
    return (cell.lowerBound + cell.upperBound) / 2
  }

  public func cell(around coordinate: Double) -> ClosedRange<Double> { cell(of: integer(at: coordinate)) }

  private func integer(at coordinate: Double) -> Int {
    let (first, last) = ends
    let place = coordinate.clamped
    let number = isLog ? first * pow(last / first, place) : first + place * (last - first)
    return Swift.min(Swift.max(Int((number + 0.5).rounded(.down)), low), high)
  }

  private func cell(of integer: Int) -> ClosedRange<Double> {
    let (first, last) = ends
    func place(_ number: Double) -> Double {
      (isLog ? log(number / first) / log(last / first) : (number - first) / (last - first)).clamped
    }
    return place(Double(integer) - 0.5)...place(Double(integer) + 0.5)
  }

  /// Half a number beyond either end, so that the ends are as likely as their neighbours.
  private var ends: (first: Double, last: Double) { (Double(low) - 0.5, Double(high) + 0.5) }
}

extension Array {
  /// The settings of a scale's two ends, without which there is no scale: what stands for them in its declaration equals
  /// no ends, so that they are always written.
  fileprivate static func ends<Scale: Sendable, Value: Sendable>(
    _ low: WritableKeyPath<Scale, Value> & Sendable, _ high: WritableKeyPath<Scale, Value> & Sendable,
    _ format: SettingFormat<Value>, of example: String
  ) -> [Setting<Scale>] where Element == Setting<Scale> {
    [
      .required("low", low, format, "least value", example: "write both ends, \(example)"),
      .required("high", high, format, "greatest value", example: "write both ends, \(example)"),
    ]
  }
}

extension Double {
  /// The nearest number from 0 to 1; NaN counts as 0.
  var clamped: Double { self > 0 ? Swift.min(self, 1) : 0 }

  /// The nearest multiple of a power of ten, as the nearest number that a text has: 0.3 rather than 3 × 0.1.
  fileprivate func rounded(toDecimal exponent: Int, in range: ClosedRange<Double>) -> Double {
    let multiple = (self * pow(10, Double(-exponent))).rounded()
    let number = multiple.magnitude < 1e15 ? Double("\(Int(multiple))e\(exponent)") ?? self : self
    return Swift.min(Swift.max(number, range.lowerBound), range.upperBound)
  }
}
