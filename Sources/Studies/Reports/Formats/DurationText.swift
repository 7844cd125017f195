import Statistics

/// Times as people read them.
enum DurationText {
  /// "0.84 s", "41 s", "1 min 33 s", "2 h 05 min".
  static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 9.95 { return DecimalText.text(seconds, places: seconds < 0.995 ? 2 : 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(CountText.text(Double(whole / 3600))) h \(two(whole / 60 % 60)) min"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
