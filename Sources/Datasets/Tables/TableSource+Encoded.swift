import Formats

extension TableSource: EncodedSource {
  /// Settings that divide rows.
  private static let dividing: Set<String> = ["test", "folds", "fold", "split"]

  public func records(
    encodedBy encoding: InputEncoding, classNames: [String], given: Set<String>, from folders: DataFolders
  ) throws -> EncodedRecords? {
    guard case .table(let encoding) = encoding else { return nil }
    let layout = encoding.layout.changed(to: layout, given: given)
    let table = try CSVTable.read(DataFile.path(path, in: folders), layout.format)
    do throws(DatasetError) {
      return try records(of: table, encoding, classNames, isDivided: !given.isDisjoint(with: Self.dividing))
    } catch {
      throw DatasetError(error.problem, path: table.path)
    }
  }

  private func records(
    of table: CSVTable, _ encoding: TableEncoding, _ classNames: [String], isDivided: Bool
  ) throws(DatasetError) -> EncodedRecords {
    let known = encoding.columns.map(\.name)
    if let other = try inputNames(table).first(where: { !known.contains($0) }) {
      throw DatasetError(.table(.unknownColumn(name: other, known: known)))
    }
    let targets = try TableTargets(
      table, column: table.column(target), knowing: encoding.target, classNames: classNames,
      dropsMissing: missing == .drop)
    let values = try encoding.values(of: table)
    var rows = targets.rows
    if missing == .drop { rows = try keptRows(rows, table, zip(known, values)) }
    if isDivided { rows = try TableSplit(rows, of: table, self, targets, hasTraining: false).test }
    let records = try LabeledArrays(
      inputs: encoding.array(encoding.encoded(values, of: table, rows: rows)),
      targets: targets.array(rows, encoding.dtype, encoding.target.scale),
      classCount: targets.task == .classification ? classNames.count : nil)
    return EncodedRecords(
      records: records, name: name,
      origin: "\(rows.count) of \(table.rowCount) rows of \(table.path), prepared as the model's training data were")
  }
}
