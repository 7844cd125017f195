/// Counts in sentences.
enum PlainText {
  /// "1 seed", "5 seeds".
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// A rough number, rounded up to fives below a hundred and to two digits above, with its thousands apart.
  static func rounded(_ number: Int) -> String {
    if number < 10 { return "\(number)" }
    var unit = 5
    if number >= 100 {
      unit = 10
      while number / unit >= 100 { unit *= 10 }
    }
    var digits = String((number + unit - 1) / unit * unit)
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
      position -= 3
    }
    return digits
  }
}
