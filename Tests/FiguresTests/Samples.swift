@testable import Figures

/// Charts the tests share.
enum Samples {
  /// Five curves that end close together, with bands and a published value.
  static var accuracy: Chart {
    let lines = ["ReLU", "Swish", "h-swish", "Mish", "TanhExp"].enumerated().map { index, name in
      let y = (1...50).map { 0.978 + 0.001 * Double(index) - 0.04 / Double($0) }
      return LineSeries(name, y: y, from: 1, band: y.map { ErrorInterval($0 - 0.001, $0 + 0.001) })
    }
    return Chart(
      "Test accuracy", subtitle: "10 seeds", x: .init("epoch"), y: .init("accuracy", format: .percent), lines: lines,
      references: [.init(.horizontal, at: 0.9788, label: "published 97.88%", series: "h-swish")])
  }

  static let hostileNames = [
    "<script>alert(1)</script>", "a & b", "\"quoted\" 'twice'", "]]>", "<!-- x", "\u{0}\u{1B}[31m\u{7}", "&amp;",
    "所要時間 🏋️‍♀️ é", "\u{FFFE}\u{FFFF}", "", " \n\t\r\n ", String(repeating: "長", count: 5000), "\u{202E}txet",
  ]

  static let hostileNumbers: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1e-300, -1e-300, 1e300, -1e300, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, 1.nextUp, 1e-17, 9e15,
  ]
}
