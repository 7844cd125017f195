import Arrays
import Formats

/// What a table does where a value is missing.
public enum MissingRule: String, Sendable, CaseIterable, Codable {
  /// An error that names the first one.
  case error
  /// The mean of the training records; for categories the most frequent one.
  case mean
  /// The median of the training records; for categories the most frequent one.
  case median
  /// The most frequent value of the training records.
  case mostFrequent
  /// As `mean`, with another input that is 1 where the value is missing; for categories a category of its own.
  case indicator
  /// Records with a missing value are left out.
  case drop
}

/// How a table makes inputs from categories.
public enum CategoryCode: String, Sendable, CaseIterable, Codable {
  /// An input for each category, 1 for the record's and 0 for the others.
  case oneHot
  /// One input per column, at the end: the category's number from 1, 0 for an unknown one. Models that embed
  /// categories take it.
  case index
}

/// What a table does with a category that no training record has.
public enum UnknownCategory: String, Sendable, CaseIterable, Codable {
  case error
  /// It gets no input of its own: zeros, or the number 0.
  case ignore
}

/// How the rows of a table become inputs: a saved model reads new rows with it, whatever the order of their columns.
///
/// Numbers come first, in the table's order, then an input for each column that may be missing, then categories.
public struct TableEncoding: Sendable, Equatable, Codable {
  public let columns: [TableColumnEncoding]
  public let target: TableTarget
  /// Whether numbers are shifted and scaled to mean 0 and standard deviation 1 over the training records.
  public let isStandardized: Bool
  public let categories: CategoryCode
  public let unknown: UnknownCategory
  public let dtype: DType
  let layout: TableLayout

  /// The inputs' names, in order: `age`, `age missing`, `colour=red`.
  public var features: [String] {
    columns.filter { $0.numbers != nil }.map(\.name)
      + columns.compactMap { $0.numbers?.hasIndicator == true ? "\($0.name) missing" : nil }
      + columns.flatMap { column -> [String] in
        guard let own = column.categories else { return [] }
        if categories == .index { return [column.name] }
        return own.names.map { "\(column.name)=\($0)" } + (own.hasMissing ? ["\(column.name) missing"] : [])
      }
  }

  /// For each of the inputs at the end that number categories, how many numbers there are; empty for one-hot codes.
  public var categoryCounts: [Int] {
    categories == .index ? columns.compactMap { $0.categories.map { $0.names.count + ($0.hasMissing ? 2 : 1) } } : []
  }

  func inputs(from paths: [String]) throws(DatasetError) -> EncodedInputs {
    var (values, names): ([Double], [String]) = ([], [])
    for path in paths {
      let table = try CSVTable.read(path, layout.format)
      values += try encoded(self.values(of: table), of: table, rows: Array(0..<table.rowCount))
      names += (0..<table.rowCount).map { "\(path):\(table.line(ofRow: $0))" }
    }
    return EncodedInputs(inputs: try array(values), names: names)
  }

  /// What the encoding's columns hold in another table.
  func values(of table: CSVTable) throws(DatasetError) -> [ColumnValues] {
    var values: [ColumnValues] = []
    for column in columns {
      let place = try table.column(column.name)
      values.append(column.numbers == nil ? .categories(table.texts(place)) : .numbers(try table.numbers(place)))
    }
    return values
  }

  /// Numbers as an array of inputs [N, features].
  func array(_ values: [Double]) throws(DatasetError) -> HostArray {
    let width = max(1, features.count)
    return try .make(dtype, [values.count / width, width], dtype.bytes(of: values))
  }

  /// The inputs of some rows, row by row.
  /// - Parameter values: what the columns hold, in the order of ``columns``.
  func encoded(_ values: [ColumnValues], of table: CSVTable, rows: [Int]) throws(DatasetError) -> [Double] {
    let width = features.count
    var encoded = [Double](repeating: 0, count: rows.count * width)
    var place = 0
    func problem(_ row: Int, _ column: TableColumnEncoding) -> DatasetError {
      let problem = TableProblem.missingValue(column: column.name, line: table.line(ofRow: row), count: 1)
      return DatasetError(.table(problem), path: table.path)
    }
    for (column, values) in zip(columns, values) {
      guard let own = column.numbers, case .numbers(let numbers) = values else { continue }
      for (index, row) in rows.enumerated() {
        let number = numbers[row]
        guard let value = number.isNaN ? own.fill : number else { throw problem(row, column) }
        encoded[index * width + place] = isStandardized ? (value - own.mean) / own.scale : value
      }
      place += 1
    }
    for (column, values) in zip(columns, values) {
      guard column.numbers?.hasIndicator == true, case .numbers(let numbers) = values else { continue }
      for (index, row) in rows.enumerated() where numbers[row].isNaN { encoded[index * width + place] = 1 }
      place += 1
    }
    for (column, values) in zip(columns, values) {
      guard let own = column.categories, case .categories(let texts) = values else { continue }
      let numbers = Dictionary(own.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      for (index, row) in rows.enumerated() {
        guard let text = texts[row] ?? own.fill ?? (own.hasMissing ? "" : nil) else {
          guard unknown == .ignore else { throw problem(row, column) }
          continue
        }
        let number = texts[row] == nil && own.hasMissing ? own.names.count : numbers[text]
        guard let number else {
          guard unknown == .ignore else {
            throw DatasetError(
              .table(
                .unknownCategory(column: column.name, line: table.line(ofRow: row), text: text, known: own.names)),
              path: table.path)
          }
          continue
        }
        switch categories {
        case .oneHot: encoded[index * width + place + number] = 1
        case .index: encoded[index * width + place] = Double(number + 1)
        }
      }
      place += categories == .index ? 1 : own.names.count + (own.hasMissing ? 1 : 0)
    }
    return encoded
  }
}

/// How text in columns is laid out.
protocol TextLayout {
  associatedtype Header
  var separator: TableSeparator { get set }
  var decimal: CSVFormat.Decimal { get set }
  var hasHeader: Header { get set }
}

extension TextLayout {
  /// With another layout's settings where they were given.
  func changed(to other: Self, given: Set<String>) -> Self {
    var layout = self
    if given.contains("separator") { layout.separator = other.separator }
    if given.contains("decimal") { layout.decimal = other.decimal }
    if given.contains("header") { layout.hasHeader = other.hasHeader }
    return layout
  }
}

/// How a table's text is laid out.
struct TableLayout: TextLayout, Sendable, Equatable, Codable {
  var separator = TableSeparator.auto
  var decimal = CSVFormat.Decimal.point
  var hasHeader = true

  /// Tables have no comments: a field may begin with any character.
  var format: CSVFormat {
    CSVFormat(separator: separator.inFormat, hasHeader: hasHeader, comment: nil, decimal: decimal)
  }
}

/// What is between the fields of a table or series.
public enum TableSeparator: String, Sendable, CaseIterable, Codable {
  /// The one that divides the first lines alike.
  case auto
  case comma, semicolon, tab, bar, space

  var inFormat: CSVFormat.Separator {
    switch self {
    case .auto: .automatic
    case .comma: .character(",")
    case .semicolon: .character(";")
    case .tab: .character("\t")
    case .bar: .character("|")
    case .space: .whitespace
    }
  }
}

/// One column of a table, as the training records have it.
public struct TableColumnEncoding: Sendable, Equatable, Codable {
  public let name: String
  /// Training records without a value.
  public let missingCount: Int
  /// Nil for categories.
  public let numbers: TableNumbers?
  /// Nil for numbers.
  public let categories: TableCategories?
}

/// A column of numbers.
public struct TableNumbers: Sendable, Equatable, Codable {
  /// The least and the greatest training value.
  public let minimum: Double
  public let maximum: Double
  /// Mean and standard deviation (of the population) of the training records, missing values filled.
  public let mean: Double
  public let deviation: Double
  /// What missing values are replaced by; nil if they are an error.
  public let fill: Double?
  /// Whether another input says where values are missing.
  public let hasIndicator: Bool

  /// A column that doesn't vary is divided by 1.
  var scale: Double { deviation == 0 ? 1 : deviation }
}

/// A column of categories.
public struct TableCategories: Sendable, Equatable, Codable {
  /// Sorted by code point.
  public let names: [String]
  /// Training records of each.
  public let counts: [Int]
  /// The category of missing values; nil if they are an error or a category of their own.
  public let fill: String?
  /// Whether missing values are a category of their own, after the others.
  public let hasMissing: Bool
}

extension DType {
  /// Numbers as elements of float64, and as float32 for any other type.
  func bytes(of values: [Double]) -> [UInt8] {
    self == .float64
      ? values.withUnsafeBytes { Array($0) } : values.map { Float($0) }.withUnsafeBytes { Array($0) }
  }
}
