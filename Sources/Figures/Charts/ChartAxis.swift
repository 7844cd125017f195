/// The label, scale, range and number format of an axis.
public struct ChartAxis: Sendable, Equatable {
  public var label: String
  public var scale: AxisScale
  /// The ends of the axis; `nil` takes them from the data. So does an end that is infinite or outside the domain of the
  /// scale: `0...(.infinity)` fixes the lower end only.
  public var range: ClosedRange<Double>?
  public var format: TickFormat

  public init(
    _ label: String = "", scale: AxisScale = .linear, range: ClosedRange<Double>? = nil, format: TickFormat = .automatic
  ) {
    self.label = label
    self.scale = scale
    self.range = range
    self.format = format
  }
}

/// The mapping from values to positions along an axis.
public enum AxisScale: Sendable, Equatable {
  case linear
  /// Equal distances between powers of two. Values of zero or less leave a gap.
  case log2
  /// Equal distances between powers of ten. Values of zero or less leave a gap.
  case log10

  /// Whether `value` lies in the domain of the scale.
  func accepts(_ value: Double) -> Bool {
    value.isFinite && (self == .linear || value > 0)
  }

  /// The position of `value` before it is stretched to the axis.
  func position(_ value: Double) -> Double {
    switch self {
    // Half of the value, so that the distance between the two extreme doubles is finite.
    case .linear: value / 2
    case .log2, .log10: value.binaryLogarithm
    }
  }
}

/// The format of the numbers along an axis.
public enum TickFormat: Sendable, Equatable {
  /// As many decimals as the ticks need, powers of the base on a logarithmic axis, and `3×10⁷` for long numbers.
  case automatic
  /// Fractions as percentages: `97.5%` for 0.975.
  case percent
  /// A fixed number of decimals.
  case fixed(places: Int)
  /// `3×10⁷`.
  case scientific
  /// Seconds as `45 s`, `1 min 30 s`, `2 h 05 min`.
  case duration
}

extension TickFormat {
  /// `value` with `places` decimals: of the percentage for `.percent`, of the mantissa for `.scientific`.
  func text(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return NumberText.typeset(NumberText.general(value, digits: 1)) }
    // Too many digits to count.
    if abs(value) >= 1e13, self != .duration { return Self.scientific(value, places: self == .scientific ? places : 2) }
    switch self {
    case .percent:
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value * 100, places: places))) + "%"
    case .fixed(let places):
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value, places: places)))
    case .scientific: return Self.scientific(value, places: places)
    case .duration: return Self.duration(value, places: places)
    case .automatic:
      let plain = abs(value) < 1e6 && (value == 0 || abs(value) >= 1e-4 || places < 5)
      guard plain else { return Self.scientific(value, places: places) }
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value, places: places)))
    }
  }

  /// `value` with about four significant digits and no trailing zeros.
  func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return text(value, places: 0) }
    let shown = self == .percent ? value * 100 : value
    let magnitude = Int(abs(shown).decimalLogarithm.rounded(.down).integer ?? 0)
    let scientific = self == .scientific || (self == .automatic && !(-4...5).contains(magnitude))
    let places = scientific ? 3 : max(0, 3 - magnitude)
    if case .fixed = self { return text(value, places: places) }
    return NumberText.trimmed(text(value, places: min(places, 12)))
  }

  /// `1.50×10⁷`, or `10⁷` for a mantissa of one without decimals.
  static func scientific(_ value: Double, places: Int) -> String {
    guard value != 0 else { return "0" }
    let parts = NumberText.exponential(value, places: places).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return NumberText.general(value, digits: 6) }
    let power = "10" + NumberText.superscript(exponent)
    switch parts[0] {
    case "1": return power
    case "-1": return "−" + power
    default: return NumberText.typeset(String(parts[0])) + "×" + power
    }
  }

  /// As ``NumberText/duration(_:)``, with the decimals that neighbouring ticks need.
  private static func duration(_ seconds: Double, places: Int) -> String {
    let sign = seconds < 0 ? "−" : ""
    let magnitude = abs(seconds)
    if magnitude == 0 { return "0 s" }
    if magnitude < 1e-3 { return sign + NumberText.fixed(magnitude * 1e6, places: max(0, places - 6)) + " µs" }
    if magnitude < 1 { return sign + NumberText.fixed(magnitude * 1e3, places: max(0, places - 3)) + " ms" }
    if magnitude < 60 { return sign + NumberText.fixed(magnitude, places: places) + " s" }
    return magnitude.integer.map { sign + NumberText.clock($0) } ?? scientific(seconds, places: 1) + " s"
  }
}
