import Tanren

/// Activations as a grid of charts and as a table.
struct ActivationSheet {
  private let curves: [ActivationCurve]
  private let isOverlaid: Bool

  init(_ curves: [ActivationCurve], isOverlaid: Bool) {
    (self.curves, self.isOverlaid) = (curves, isOverlaid)
  }

  func grid() -> ChartGrid {
    guard isOverlaid else {
      let panels = curves.map { curve in
        Chart(
          curve.name, x: ChartAxis("x"),
          lines: [
            LineSeries("function", x: curve.x, y: curve.values),
            LineSeries("derivative", x: curve.x, y: curve.derivatives, dash: .dashed),
          ])
      }
      return ChartGrid("Activations", panels: panels, sharesX: true)
    }
    func chart(_ title: String, _ values: KeyPath<ActivationCurve, [Double]>) -> Chart {
      Chart(title, x: ChartAxis("x"), lines: curves.map { LineSeries($0.name, x: $0.x, y: $0[keyPath: values]) })
    }
    return ChartGrid(
      "Activations", panels: [chart("function", \.values), chart("derivative", \.derivatives)], columns: 2)
  }

  /// Extremes are those of the drawn points.
  func table() -> TextTable {
    var table = TextTable(
      [
        "activation", TableColumn("range", .right), TableColumn("least value", .right),
        TableColumn("least slope", .right), TableColumn("greatest slope", .right), "what it is",
      ])
    for curve in curves {
      let cells = [
        curve.name, "\(Self.text(curve.range.lowerBound))…\(Self.text(curve.range.upperBound))",
        Self.text(curve.extreme(of: curve.values, by: <)), Self.text(curve.extreme(of: curve.derivatives, by: <)),
        Self.text(curve.extreme(of: curve.derivatives, by: >)), curve.summary,
      ]
      table.append(cells.map { TableCell($0) })
    }
    return table
  }

  private static func text(_ extreme: (x: Double, y: Double)?) -> String {
    extreme.map { "\(text($0.y)) at \(text($0.x))" } ?? ""
  }

  private static func text(_ number: Double) -> String {
    if number.isInfinite { return number > 0 ? "∞" : "-∞" }
    return NumberText.significant(number)
  }
}
