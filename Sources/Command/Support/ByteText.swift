/// Sizes for people: `9.9 MB`.
enum ByteText {
  static func of(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1000 || unit == "GB" {
        let tenths = (value * 10).rounded() / 10
        return unit == "B" || tenths == tenths.rounded() ? "\(Int(value.rounded())) \(unit)" : "\(tenths) \(unit)"
      }
      value /= 1000
    }
    return "\(count) B"
  }
}
