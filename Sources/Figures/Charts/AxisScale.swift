/// How values are spread along an axis.
public enum AxisScale: Sendable, Equatable {
  case linear
  /// Powers of two at equal distances; values of zero or less leave a gap.
  case log2
  /// Powers of ten at equal distances; values of zero or less leave a gap.
  case log10

  /// Whether `value` has a place on the axis.
  func accepts(_ value: Double) -> Bool {
    value.isFinite && (self == .linear || value > 0)
  }

  /// Where `value` stands before it is stretched to the axis.
  func position(_ value: Double) -> Double {
    switch self {
    // Half of the value, so that the distance between the two largest doubles is finite.
    case .linear: value / 2
    case .log2, .log10: value.binaryLogarithm
    }
  }
}
