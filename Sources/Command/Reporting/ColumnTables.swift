import Tanren

/// Data sets with named columns, for people.
extension DatasetPair {
  /// A row per column with what it holds, and a row per class; nothing for data without columns.
  var columnTables: [TextTable] {
    switch encoding {
    case .table(let encoding): tables(encoding)
    case .series(let encoding): (try? table(encoding)).map { [$0] } ?? []
    default: []
    }
  }

  private func tables(_ encoding: TableEncoding) -> [TextTable] {
    var table = TextTable(["column", "holds", "training data", TableColumn("missing", .right)])
    for column in encoding.columns {
      var cells = [column.name, "", "", "\(column.missingCount)"]
      if let numbers = column.numbers {
        cells[1] = "numbers"
        cells[2] = Self.range(numbers.minimum...numbers.maximum) + ", mean \(NumberText.significant(numbers.mean))"
      } else if let categories = column.categories {
        let count = categories.names.count
        cells[1] = count == 1 ? "1 category" : "\(NumberText.count(count)) categories"
        cells[2] =
          zip(categories.names, categories.counts).prefix(12).map { "\($0) \($1)" }.joined(separator: ", ")
          + (count > 12 ? ", …" : "")
      }
      table.append(cells.map { TableCell($0) })
    }
    let target = encoding.target
    let holds = "target of a \(target.task.rawValue)"
    table.append([TableCell(target.name), TableCell(holds), TableCell(target.range.map(Self.range) ?? ""), "0"])
    guard !classNames.isEmpty, let parts = try? [train, test].map({ try $0.labels() }) else { return [table] }
    var classes = TextTable(
      [TableColumn(target.name), TableColumn("training", .right), TableColumn("test", .right)])
    for (index, name) in classNames.enumerated() {
      classes.append([TableCell(name)] + parts.map { labels in TableCell("\(labels.count { Int($0) == index })") })
    }
    return [table, classes]
  }

  private func table(_ encoding: SeriesEncoding) throws -> TextTable {
    var table = TextTable(["column", "is", "training data"])
    func append(_ names: [String], _ role: String, _ values: [Double]) {
      for (index, name) in names.enumerated() {
        let own = stride(from: index, to: values.count, by: names.count).map { values[$0] }
        guard let least = own.min(), let greatest = own.max() else { continue }
        table.append([name, role, Self.range(least...greatest)].map { TableCell($0) })
      }
    }
    append(encoding.columns, "input", try train.inputs.doubles())
    append(encoding.targets, "target, \(encoding.horizon) ahead", encoding.restored(try train.targets.doubles()))
    return table
  }

  /// The first records, a column each, as the model gets them; nil for data without columns.
  /// - Throws: `DatasetError` for data of an impossible type.
  func rowTable(of data: LabeledArrays, count: Int) throws -> TextTable? {
    let (features, target): ([String], [String])
    switch encoding {
    case .table(let encoding): (features, target) = (encoding.features, [encoding.target.name])
    case .series(let encoding):
      let steps = (0..<(encoding.window ?? 1)).reversed()
      features = steps.flatMap { step in encoding.columns.map { step == 0 ? $0 : "\($0), \(step) before" } }
      target = encoding.targets.map { "\($0), \(encoding.horizon) ahead" }
    default: return nil
    }
    let shown = Swift.min(count, data.count, 6)
    let records = try (0..<shown).map { try data.records(at: [$0]) }
    var table = TextTable([TableColumn("input")] + (0..<shown).map { TableColumn("record \($0)", .decimal) })
    let inputs = try records.map { try $0.inputs.doubles() }
    for (index, name) in features.enumerated() {
      table.append([TableCell(name)] + inputs.map { TableCell(NumberText.significant($0[index])) })
    }
    let targets: [[String]] = try records.map { record in
      try data.classCount == nil
        ? record.targets.doubles().map { NumberText.significant($0) }
        : record.labels().map { classNames.indices.contains(Int($0)) ? classNames[Int($0)] : "\($0)" }
    }
    for (index, name) in target.enumerated() {
      table.append([TableCell(name, style: .strong)] + targets.map { TableCell($0[index], style: .strong) })
    }
    return table
  }

  private static func range(_ range: ClosedRange<Double>) -> String {
    "\(NumberText.significant(range.lowerBound)) to \(NumberText.significant(range.upperBound))"
  }
}

extension HostArray {
  fileprivate func doubles() throws -> [Double] { try converted() }
}
