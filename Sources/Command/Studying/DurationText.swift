/// Times for people: `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
enum DurationText {
  static func of(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e10 else { return "\(seconds) s" }
    let whole = Int(max(0, seconds).rounded())
    switch whole {
    case ..<10: return "\((max(0, seconds) * 10).rounded() / 10) s"
    case ..<120: return "\(whole) s"
    case ..<7200: return "\((whole + 30) / 60) min"
    case ..<172_800: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
    }
  }
}
