import Arrays
import Formats

/// What is predicted from a row.
public enum TableTask: String, Sendable, CaseIterable, Codable {
  case classification, regression
}

/// The column that is predicted.
public struct TableTarget: Sendable, Equatable, Codable {
  public let name: String
  public let task: TableTask
  /// The range of the values to predict; nil for classes.
  public let range: ClosedRange<Double>?
  /// What the values are standardized by; nil if they keep their unit.
  public let scale: ColumnScale?
}

/// The targets of a table, read, and classified.
struct TableTargets {
  /// Numbers that are classes have up to this many values.
  static let mostNumberedClasses = 20

  enum Content {
    /// Each row's class, and their names.
    case classes([Int32], names: [String])
    case values([Double])
  }

  let name: String
  let content: Content
  /// Rows that have a target.
  let rows: [Int]
  /// Why it is a classification or a regression, for people.
  let reason: String

  private init(name: String, content: Content, rows: [Int], reason: String) {
    (self.name, self.content, self.rows, self.reason) = (name, content, rows, reason)
  }

  /// - Parameters:
  ///   - task: nil to decide by what the column holds.
  ///   - dropsMissing: whether rows without a target are left out instead of an error.
  init(_ table: CSVTable, column: Int, task: TableTask?, dropsMissing: Bool) throws(DatasetError) {
    name = table.columnNames[column]
    let (name, texts) = (name, table.texts(column))
    func problem(_ problem: TableProblem) -> DatasetError { DatasetError(.table(problem), path: table.path) }
    if let first = texts.firstIndex(of: nil), !dropsMissing {
      let count = texts.count { $0 == nil }
      throw problem(.missingValue(column: name, line: table.line(ofRow: first), count: count))
    }
    let rows = texts.indices.filter { texts[$0] != nil }
    self.rows = rows
    guard !rows.isEmpty else { throw problem(.allMissing(column: name)) }
    var values: [Double]?
    if task != .classification {
      do throws(DatasetError) {
        if task == .regression {
          values = try table.numbers(column)
        } else if case .numbers(let numbers) = try table.values(column) {
          values = numbers
        }
      } catch {
        guard case .table(.notNumber(_, let line, let text)) = error.problem else { throw error }
        throw problem(.targetNotNumber(column: name, line: line, text: text))
      }
    }
    let present = rows.map { texts[$0] ?? "" }
    let numbers = values.map { values in rows.map { values[$0] } }
    if let first = present.first, present.allSatisfy({ $0 == first }) {
      throw problem(.constantTarget(column: name, value: first))
    }
    if let numbers, let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
      throw problem(.constantTarget(column: name, value: present[0]))
    }
    if let values, task == .regression || !Self.areClasses(numbers ?? []) {
      content = .values(values)
      reason = task == .regression ? "as set" : "since it holds numbers"
      return
    }
    // Numbers are ordered by value, and equal ones are one class however they are written.
    let parsed = present.map { table.format.number($0) }
    let labels =
      parsed.allSatisfy { $0 != nil }
      ? zip(parsed, present).map { number, text in number.map(Self.text) ?? text } : present
    var names = Set(labels).sortedByCodePoint
    if parsed.allSatisfy({ $0 != nil }) { names.sort { (Double($0) ?? 0) < (Double($1) ?? 0) } }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    var classes = [Int32](repeating: -1, count: texts.count)
    for (row, label) in zip(rows, labels) { classes[row] = places[label] ?? -1 }
    content = .classes(classes, names: names)
    reason =
      task == .classification
      ? "as set" : values == nil ? "since it holds text" : "since it holds \(names.count) different whole numbers"
  }

  /// Whether numbers are few enough whole ones to be classes, of two records or more on average.
  private static func areClasses(_ numbers: [Double]) -> Bool {
    guard numbers.allSatisfy({ $0 == $0.rounded() }) else { return false }
    let count = Set(numbers).count
    return count <= mostNumberedClasses && count * 2 <= numbers.count
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  var task: TableTask { if case .classes = content { .classification } else { .regression } }

  /// The classes' names; empty for values.
  var classNames: [String] { if case .classes(_, let names) = content { names } else { [] } }

  /// The rows of each class, of those given; a single group for values.
  func rowsByClass(_ rows: [Int]) -> [[Int]] {
    guard case .classes(let classes, let names) = content else { return [rows] }
    var groups = [[Int]](repeating: [], count: names.count)
    for row in rows { groups[Int(classes[row])].append(row) }
    return groups
  }

  /// The targets of some rows: int32 [N], or values [N, 1], standardized by a scale if there is one.
  func array(_ rows: [Int], _ dtype: DType, _ scale: ColumnScale?) throws(DatasetError) -> HostArray {
    switch content {
    case .classes(let classes, _):
      try .make(.int32, [rows.count], rows.map { classes[$0] }.withUnsafeBytes { Array($0) })
    case .values(let values):
      try .make(dtype, [rows.count, 1], dtype.bytes(of: rows.map { scale?.standardized(values[$0]) ?? values[$0] }))
    }
  }

  /// What a saved model keeps.
  /// - Parameter isStandardized: whether values get mean 0 and standard deviation 1 over the training rows.
  /// - Throws: ``DatasetError`` for classes that ought to be standardized.
  func encoding(_ training: [Int], isStandardized: Bool) throws(DatasetError) -> TableTarget {
    guard case .values(let values) = content else {
      if isStandardized { throw DatasetError(.table(.standardizedClasses(column: name))) }
      return TableTarget(name: name, task: task, range: nil, scale: nil)
    }
    let own = training.map { values[$0] }
    return TableTarget(
      name: name, task: task, range: (own.min() ?? 0)...(own.max() ?? 0),
      scale: isStandardized ? ColumnScale(of: own) : nil)
  }
}

extension TableTargets {
  /// The targets of records that a saved model is evaluated on, of its kind and of its classes.
  /// - Throws: ``DatasetError`` for a class that the model doesn't know, and for missing targets unless they are left out.
  init(
    _ table: CSVTable, column: Int, knowing known: TableTarget, classNames: [String], dropsMissing: Bool
  ) throws(DatasetError) {
    let (name, texts) = (table.columnNames[column], table.texts(column))
    let rows = texts.indices.filter { texts[$0] != nil }
    if let first = texts.firstIndex(of: nil), !dropsMissing {
      let line = table.line(ofRow: first)
      throw DatasetError(.table(.missingValue(column: name, line: line, count: texts.count - rows.count)))
    }
    let content: Content
    if known.task == .regression {
      content = .values(try table.numbers(column))
    } else {
      let places = Dictionary(classNames.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
      var classes = [Int32](repeating: -1, count: texts.count)
      for row in rows {
        let text = texts[row] ?? ""
        // Numbers are one class however they are written.
        guard let place = places[text] ?? table.format.number(text).flatMap({ places[Self.text($0)] }) else {
          throw DatasetError(
            .table(.unknownClass(column: name, line: table.line(ofRow: row), text: text, known: classNames)))
        }
        classes[row] = place
      }
      content = .classes(classes, names: classNames)
    }
    self.init(name: name, content: content, rows: rows, reason: "as the model's")
  }
}
