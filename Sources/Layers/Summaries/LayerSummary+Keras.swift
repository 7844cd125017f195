extension LayerSummary {
  /// The table of Keras 2's `model.summary()`, 65 columns wide: longer cells are cut.
  public func kerasText(name: String) -> String {
    let line = String(repeating: "_", count: Self.width)
    let doubleLine = String(repeating: "=", count: Self.width)
    let cells = rows.map { row in
      Self.cells(
        [
          "\(row.path.isEmpty ? row.label : row.path) (\(row.typeName))", Self.text(row.output),
          "\(row.trainableCount + row.stateCount)",
        ])
    }
    let totals = [
      "Total params: \(Self.grouped(trainableCount + stateCount))",
      "Trainable params: \(Self.grouped(trainableCount))",
      "Non-trainable params: \(Self.grouped(stateCount))",
    ]
    return
      (["Model: \"\(name)\"", line, Self.cells(["Layer (type)", "Output Shape", "Param #"]), doubleLine]
      + [cells.joined(separator: "\n\(line)\n")] + [doubleLine] + totals + [line]).joined(separator: "\n")
  }

  private static let width = 65

  /// Cells begin after columns 0, 29 and 55; one that is too long loses its last character to a space.
  private static func cells(_ texts: [String]) -> String {
    var line = ""
    for (text, end) in zip(texts, [29, 55, width]) {
      if !line.isEmpty { line = line.dropLast() + " " }
      line = String((line + text).prefix(end))
      line += String(repeating: " ", count: end - line.count)
    }
    return line
  }

  /// The batch's extent isn't the model's.
  private static func text(_ shape: Shape) -> String {
    "(" + (["None"] + shape.dropFirst().map(String.init)).joined(separator: ", ") + ")"
  }

  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      text = String(digit) + (index > 0 && index.isMultiple(of: 3) ? "," : "") + text
    }
    return text
  }
}
