import Formats
import Tensors

/// Which rows of a table are for training and which for testing. Both keep the table's order.
struct TableSplit {
  var train: [Int] = []
  var test: [Int] = []
  /// How the rows were divided, for people.
  let text: String

  /// - Parameters:
  ///   - rows: the rows to divide.
  ///   - targets: what a stratified split keeps in proportion.
  ///   - hasTraining: whether the rows are also trained on, so that the training part must have every class.
  /// - Throws: ``DatasetError`` for a part without rows, a class that can't be in both parts, and what the columns of
  ///   parts or groups don't allow.
  init(
    _ rows: [Int], of table: CSVTable, _ source: TableSource, _ targets: TableTargets, hasTraining: Bool = true
  ) throws(DatasetError) {
    if let column = source.split {
      text = "divided by column '\(column)'"
      try divide(rows, by: try Self.texts(table, column, rows), of: table, column)
    } else if let column = source.groups {
      let groups = try Self.texts(table, column, rows)
      var members: [String: [Int]] = [:]
      for row in rows { members[groups[row], default: []].append(row) }
      test = Self.test(ofGroups: members.keys.sortedByCodePoint.map { members[$0] ?? [] }, source)
      text = "\(source.splitText) by groups of column '\(column)'"
    } else {
      let isStratified = source.isStratified && targets.task == .classification
      let classes = isStratified ? targets.rowsByClass(rows).filter { !$0.isEmpty } : [rows]
      if hasTraining, isStratified, let rare = classes.first(where: { $0.count == 1 })?.first {
        let name = table[rare, try table.column(targets.name)]
        throw DatasetError(
          .table(.rareClass(column: targets.name, name: name, line: table.line(ofRow: rare))), path: table.path)
      }
      test = Self.test(ofClasses: classes, source)
      text = source.splitText + (isStratified ? ", stratified" : "")
    }
    if source.split == nil {
      let tested = Set(test)
      (train, test) = (rows.filter { !tested.contains($0) }, rows.filter { tested.contains($0) })
    }
    for (name, part) in [("training", train), ("test", test)] where part.isEmpty && (hasTraining || name == "test") {
      throw DatasetError(.table(.emptyPart(name: name)), path: table.path)
    }
    if hasTraining { try checkClasses(of: table, targets) }
  }

  /// A model can't know a class that it has seen no record of.
  private func checkClasses(of table: CSVTable, _ targets: TableTargets) throws(DatasetError) {
    guard targets.task == .classification else { return }
    let (seen, tested) = (targets.rowsByClass(train), targets.rowsByClass(test))
    for (index, name) in targets.classNames.enumerated() where seen[index].isEmpty {
      guard let row = tested[index].first else { continue }
      throw DatasetError(
        .table(.classWithoutTraining(column: targets.name, name: name, line: table.line(ofRow: row))),
        path: table.path)
    }
  }

  private mutating func divide(
    _ rows: [Int], by parts: [String], of table: CSVTable, _ column: String
  ) throws(DatasetError) {
    var validation: [Int] = []
    for row in rows {
      switch parts[row].lowercased() {
      case "train", "training": train.append(row)
      case "test", "testing": test.append(row)
      case "val", "valid", "validation", "dev": validation.append(row)
      default:
        throw DatasetError(
          .table(.unknownPart(column: column, line: table.line(ofRow: row), text: parts[row])), path: table.path)
      }
    }
    // Settings are chosen on validation data; test data are for the end.
    if test.isEmpty { test = validation }
  }

  /// A column's texts, which none of the rows may lack.
  private static func texts(_ table: CSVTable, _ name: String, _ rows: [Int]) throws(DatasetError) -> [String] {
    let texts = table.texts(try table.column(name))
    if let row = rows.first(where: { texts[$0] == nil }) {
      let count = rows.count { texts[$0] == nil }
      throw DatasetError(
        .table(.missingValue(column: name, line: table.line(ofRow: row), count: count)), path: table.path)
    }
    return texts.map { $0 ?? "" }
  }

  /// Test rows in proportion from each class.
  private static func test(ofClasses classes: [[Int]], _ source: TableSource) -> [Int] {
    var random = source.random
    let shuffled = classes.map { random.permutation($0) }
    if let folds = source.folds {
      // Dealt one after the other, over the classes' borders, so that both classes and folds come out even.
      return shuffled.joined().enumerated().filter { $0.offset % folds == source.fold % folds }.map(\.element)
    }
    let wanted = classes.map { Double($0.count) * source.test }
    var counts = zip(wanted, classes).map { min(Int($0), max(0, $1.count - 1)) }
    let total = Int((wanted.reduce(0, +)).rounded())
    // What rounding down has left goes to the greatest remainders, the first class among equal ones.
    let order = wanted.indices.sorted {
      let (one, other) = (wanted[$0] - wanted[$0].rounded(.down), wanted[$1] - wanted[$1].rounded(.down))
      return one == other ? $0 < $1 : one > other
    }
    for place in order where counts.reduce(0, +) < total && counts[place] < classes[place].count - 1 {
      counts[place] += 1
    }
    return zip(shuffled, counts).flatMap { $0.prefix($1) }
  }

  /// Whole groups, until there are enough test rows; as folds, each group in the smallest fold so far.
  private static func test(ofGroups groups: [[Int]], _ source: TableSource) -> [Int] {
    var random = source.random
    let shuffled = random.permutation(groups)
    guard let folds = source.folds else {
      let total = Int((Double(groups.joined().count) * source.test).rounded())
      var test: [Int] = []
      for group in shuffled.dropLast() where test.count < max(1, total) { test += group }
      return test
    }
    var parts = [[Int]](repeating: [], count: folds)
    let bySize = shuffled.enumerated().sorted {
      $0.element.count == $1.element.count ? $0.offset < $1.offset : $0.element.count > $1.element.count
    }
    for (_, group) in bySize {
      if let least = parts.indices.min(by: { parts[$0].count < parts[$1].count }) { parts[least] += group }
    }
    return parts[source.fold % folds]
  }
}

extension TableSource {
  /// Each repetition of the folds has an order of its own.
  fileprivate var random: NumPyRandomState {
    NumPyRandomState(seed: seed &+ UInt32(clamping: folds.map { fold / $0 } ?? 0))
  }

  fileprivate var splitText: String {
    guard let folds else { return "divided by seed \(seed)" }
    let repetition = fold < folds ? "" : " of repetition \(fold / folds)"
    return "fold \(fold % folds) of \(folds)\(repetition), seed \(seed)"
  }
}
