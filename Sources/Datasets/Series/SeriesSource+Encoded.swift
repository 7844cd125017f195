import Formats

extension SeriesSource: EncodedSource {
  public func records(
    encodedBy encoding: InputEncoding, classNames: [String], given: Set<String>, from folders: DataFolders
  ) throws -> EncodedRecords? {
    guard case .series(let encoding) = encoding else { return nil }
    let layout = encoding.layout.changed(to: layout, given: given)
    let file = try SeriesTable(DataFile.path(path, in: folders), layout)
    do throws(DatasetError) {
      return try records(of: file, encoding, given)
    } catch {
      throw DatasetError(error.problem, path: file.path)
    }
  }

  private func records(
    of file: SeriesTable, _ encoding: SeriesEncoding, _ given: Set<String>
  ) throws(DatasetError) -> EncodedRecords {
    let known = encoding.columns + encoding.targets.filter { !encoding.columns.contains($0) }
    let named = (columns.isEmpty ? file.columnNames : columns).filter { !exclude.contains($0) } + targets
    if let other = named.first(where: { !known.contains($0) }) {
      throw DatasetError(.table(.unknownColumn(name: other, known: known)))
    }
    let rule = given.contains("missing") ? gaps : encoding.gaps
    let inputs = try file.series(encoding.columns, rule).scaled(encoding.inputScales)
    let ahead = try file.series(encoding.targets, rule).scaled(encoding.targetScales).dropFirst(encoding.horizon)
    let (first, usable) = ((encoding.window ?? 1) - 1, inputs.steps - encoding.horizon)
    let (train, test) = (given.contains("train") ? train : nil, given.contains("test") ? test : nil)
    let isDivided = !given.isDisjoint(with: ["train", "test"])
    let start = isDivided ? train ?? usable * 4 / 5 : first
    let end = isDivided ? test.map { start + $0 } ?? usable : usable
    guard start >= first, start < end, end <= usable else {
      throw DatasetError(
        .invalidArgument(
          name: "the range of steps", value: "\(start)..<\(end)",
          allowed:
            "a range within \(first)..<\(max(first, usable)), since these are \(inputs.steps) steps and targets are "
            + "\(encoding.horizon) ahead"))
    }
    let records = try LabeledArrays(
      inputs: inputs.array(endingIn: start..<end, window: encoding.window, encoding.dtype),
      targets: ahead.array(endingIn: start..<end, window: nil, encoding.dtype))
    return EncodedRecords(
      records: records, name: name,
      origin: "\(records.count) of \(inputs.steps) steps of \(file.path), prepared as the model's training data were")
  }
}
