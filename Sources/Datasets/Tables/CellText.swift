import Formats

/// What a field's text stands for.
enum CellText {
  /// What marks a missing value, if it isn't in quotes; an empty field is missing in quotes too.
  static let missingMarks: Set<String> = ["NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "?"]

  static func isMissing(_ text: String, isQuoted: Bool) -> Bool {
    text.isEmpty || (!isQuoted && missingMarks.contains(text))
  }

  /// Whether it is a date, a time, or both, in digits: `2024-05-31`, `31.5.2024`, `05/31/24 10:00`, `10:00:00`.
  static func isDate(_ text: String) -> Bool {
    guard text.utf8.first.map(isDigit) == true, text.utf8.count <= 40 else { return false }
    return text.wholeMatch(of: #/(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]+.*)?/#)
      != nil
      || text.wholeMatch(of: #/\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?/#) != nil
  }

  /// Whether it would be a number with the other decimal mark, or without marks that group thousands: `1,5`, `1,234.5`.
  static func isNumberOtherwise(_ text: String, than decimal: CSVFormat.Decimal) -> Bool {
    guard text.utf8.contains(where: isDigit) else { return false }
    let (mark, group) = decimal == .point ? (",", ".") : (".", ",")
    guard text.contains(mark) else { return false }
    let other = CSVFormat(decimal: decimal == .point ? .comma : .point)
    return other.number(text.replacing(group, with: "")) != nil
      || CSVFormat(decimal: decimal).number(text.replacing(mark, with: "")) != nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// What a column holds, row by row.
enum ColumnValues {
  /// NaN for a missing one.
  case numbers([Double])
  /// Nil for a missing one.
  case categories([String?])

  /// The values of some rows.
  func rows(_ rows: [Int]) -> ColumnValues {
    switch self {
    case .numbers(let values): .numbers(rows.map { values[$0] })
    case .categories(let values): .categories(rows.map { values[$0] })
    }
  }

  /// The first row without a value, and how many there are.
  var missing: (first: Int, count: Int)? {
    switch self {
    case .numbers(let values): Self.missing(values.map(\.isNaN))
    case .categories(let values): Self.missing(values.map { $0 == nil })
    }
  }

  private static func missing(_ flags: [Bool]) -> (first: Int, count: Int)? {
    flags.firstIndex(of: true).map { first in (first, flags.count { $0 }) }
  }
}

extension CSVTable {
  /// The texts of a column; nil for missing values.
  func texts(_ column: Int) -> [String?] {
    (0..<rowCount).map { row in
      let text = self[row, column]
      return CellText.isMissing(text, isQuoted: isQuoted(row: row, column: column)) ? nil : text
    }
  }

  /// A column as numbers.
  /// - Throws: ``DatasetError`` for what is neither a number nor missing.
  func numbers(_ column: Int) throws(DatasetError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(rowCount)
    for (row, text) in texts(column).enumerated() {
      guard let text else {
        numbers.append(.nan)
        continue
      }
      guard let number = format.number(text) else { throw notNumber(text, row, column) }
      numbers.append(number)
    }
    return numbers
  }

  /// A column as what most of its values are: numbers or categories.
  /// - Throws: ``DatasetError`` for dates, for decimal commas that aren't expected, and for other texts between numbers.
  func values(_ column: Int) throws(DatasetError) -> ColumnValues {
    let name = columnNames[column]
    let texts = texts(column)
    let present = texts.count { $0 != nil }
    var (numbers, dates, commas) = (0, 0, 0)
    var (firstDate, firstComma): (Int?, Int?) = (nil, nil)
    for (row, text) in texts.enumerated() {
      guard let text else { continue }
      if format.number(text) != nil {
        numbers += 1
      } else if CellText.isDate(text) {
        dates += 1
        firstDate = firstDate ?? row
      } else if CellText.isNumberOtherwise(text, than: format.decimal) {
        commas += 1
        firstComma = firstComma ?? row
      }
    }
    func problem(_ make: (String, Int, String) -> TableProblem, _ row: Int) -> DatasetError {
      DatasetError(.table(make(name, line(ofRow: row), texts[row] ?? "")), path: path)
    }
    if let firstDate, dates * 2 >= present {
      throw problem({ .dates(column: $0, line: $1, text: $2) }, firstDate)
    }
    if let firstComma, (commas + numbers) * 2 >= present {
      throw problem({ .otherDecimal(column: $0, line: $1, text: $2, mark: format.decimal) }, firstComma)
    }
    guard numbers * 2 >= present else { return .categories(texts) }
    return .numbers(try self.numbers(column))
  }

  /// What is wrong with a text in a column of numbers.
  func notNumber(_ text: String, _ row: Int, _ column: Int) -> DatasetError {
    let (name, line) = (columnNames[column], line(ofRow: row))
    let problem: TableProblem =
      if CellText.isDate(text) {
        .dates(column: name, line: line, text: text)
      } else if CellText.isNumberOtherwise(text, than: format.decimal) {
        .otherDecimal(column: name, line: line, text: text, mark: format.decimal)
      } else {
        .notNumber(column: name, line: line, text: text)
      }
    return DatasetError(.table(problem), path: path)
  }
}
