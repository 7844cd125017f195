import Figures
import Statistics

/// Times as people read them.
enum DurationText {
  /// "12.3 ms", "0.84 s", "41 s", "1 min 33 s", "2 h 05 min".
  static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 0.0995, seconds > 0 {
      return NumberText.decimal(seconds * 1000, places: seconds < 0.00995 ? 2 : 1) + " ms"
    }
    if seconds < 9.95 { return NumberText.decimal(seconds, places: seconds < 0.995 ? 2 : 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(CountText.text(Double(whole / 3600))) h \(two(whole / 60 % 60)) min"
  }

  /// "1.98×"; nil where there is nothing to compare with.
  static func ratio(_ seconds: Double, to reference: Double?) -> String? {
    guard let reference, reference > 0, seconds.isFinite else { return nil }
    return NumberText.decimal(seconds / reference, places: 2) + "×"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
