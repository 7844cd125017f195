/// How the numbers beside an axis are written.
public enum TickFormat: Sendable, Equatable {
  /// As many decimals as the ticks need, powers of the base on a logarithmic axis, `3×10⁷` where plain digits are long.
  case automatic
  /// Fractions as percentages: 0.975 is written `97.5%`.
  case percent
  /// A fixed number of decimals.
  case fixed(places: Int)
  /// `3×10⁷`.
  case scientific
  /// Seconds as `45s`, `1m 30s`, `2h 05m`.
  case duration
}
