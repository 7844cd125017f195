import Figures
import Statistics

/// Large counts, thousands apart by thin spaces: "30 000".
enum CountText {
  static func text(_ count: Double) -> String {
    guard let whole = Int(exactly: count.rounded()), whole >= 10_000 else { return NumberText.shortest(count) }
    let digits = Array(String(whole))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }
}
