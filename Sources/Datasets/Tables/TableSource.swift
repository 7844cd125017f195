import Arrays
import Configuration
import Formats
import Foundation

/// The user's own table: a text file with a row per record and a column to predict.
///
/// ```swift
/// let source = TableSource(path: "wine.csv", target: "cultivar")
/// print(source.missing, source.test)  // error 0.2
/// ```
/// Inputs are float32 or float64 [N, features], see ``TableEncoding``. Targets are classes, int32 [N], or values [N, 1] in
/// the table's own unit, unless ``isTargetStandardized``.
public struct TableSource: DataSource {
  public static let declaration = Declaration(
    "table", "your own table, a CSV or TSV file with a header; target is the column to predict",
    standard: TableSource(path: "", target: ""),
    settings: [
      .required(
        "path", \.path, .text.checked("a file's name") { !$0.isEmpty }, "the file, also searched for in TANREN_DATA",
        example: "table(path: wine.csv, target: cultivar)"),
      .required(
        "target", \.target, .text.checked("a column's name") { !$0.isEmpty }, "the column to predict",
        example: "table(path: wine.csv, target: cultivar)"),
      Setting("task", \.task, .task, "what to learn; automatic: classes for text and for up to 20 whole numbers"),
      Setting("columns", \.columns, .texts, "input columns; none for all others than the target"),
      Setting("exclude", \.exclude, .texts, "columns that are no inputs"),
      Setting("categorical", \.categorical, .texts, "columns that are categories though they hold numbers"),
      Setting("categories", \.categories, .word, "how categories become inputs; index is for models that embed them"),
      Setting("unknown", \.unknown, .word, "a category that no training record has: an error, or no input of its own"),
      Setting("missing", \.missing, .word, "what is done where a value is missing"),
      Setting("standardized", \.isStandardized, .flag, "whether numbers get mean 0 and deviation 1 over training data"),
      Setting(
        "standardizeTarget", \.isTargetStandardized, .flag,
        "whether values to predict get mean 0 and deviation 1 over training data; metrics stay in their unit"),
      Setting(
        "test", \.test, .number.checked("above 0 and below 1") { $0 > 0 && $0 < 1 }, "fraction of the rows to test on"),
      Setting(
        "folds", \.folds, .positiveOrZero(upTo: 100_000), "number of folds of cross-validation; 0 to split once"),
      Setting(
        "fold", \.fold, .integer(in: 0...1_000_000),
        "the fold to test on, from 0; from folds on, of a repetition in another order"),
      Setting("seed", \.seed, .seed, "random seed of the split"),
      Setting("stratified", \.isStratified, .flag, "whether both parts have the classes in the same proportions"),
      Setting("groups", \.groups, .columnName, "column whose equal values stay in one part: patient, site"),
      Setting("split", \.split, .columnName, "column that says train, validation or test"),
    ] + TableLayout.settings.of(\.layout) + [
      Setting("dtype", \.precision, .word, "element type of inputs, and of values to predict")
    ],
    check: { (source, options) throws(ConfigurationError) in
      func error(_ key: String, _ message: String) -> ConfigurationError {
        .invalid(message: message, origin: options.origin(of: key))
      }
      if source.folds == nil, source.fold > 0 { throw error("fold", "'fold' needs 'folds', their number") }
      if source.folds == 1 { throw error("folds", "'folds' is 1, but must be 2 or more, or 0 to split once") }
      if source.split != nil, source.groups != nil || source.folds != nil {
        throw error("split", "'split' says where each row belongs, so that 'groups' and 'folds' mean nothing")
      }
    })

  /// The element types of inputs.
  public enum InputPrecision: String, CaseIterable, Sendable {
    case float32, float64
  }

  public var path: String
  public var target: String
  /// Nil to decide by what the target holds.
  public var task: TableTask?
  /// Empty for all but the target, groups and split.
  public var columns: [String] = []
  public var exclude: [String] = []
  public var categorical: [String] = []
  public var categories = CategoryCode.oneHot
  public var unknown = UnknownCategory.error
  public var missing = MissingRule.error
  public var isStandardized = true
  /// Whether values to predict are trained on with mean 0 and standard deviation 1, as scikit-learn's
  /// `TransformedTargetRegressor` does. Metrics and predictions are in their own unit, the loss isn't.
  public var isTargetStandardized = false
  /// The fraction of rows to test on, if there are no folds.
  public var test = 0.2
  public var folds: Int?
  public var fold = 0
  public var seed: UInt32 = 0
  public var isStratified = true
  public var groups: String?
  public var split: String?
  var layout = TableLayout()
  public var precision = InputPrecision.float32

  public init(path: String, target: String) { (self.path, self.target) = (path, target) }

  /// - Throws: ``DatasetError`` with file, line, column and remedy for whatever makes no sense as training data.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let table = try CSVTable.read(DataFile.path(path, in: folders), layout.format)
    do throws(DatasetError) {
      return try pair(of: table)
    } catch {
      throw DatasetError(error.problem, path: table.path)
    }
  }

  private func pair(of table: CSVTable) throws(DatasetError) -> DatasetPair {
    let names = try inputNames(table)
    let targets = try TableTargets(
      table, column: table.column(target), task: task, dropsMissing: missing == .drop)
    var read: [ColumnValues] = []
    for name in names { read.append(try values(table, name)) }
    let rows = try keptRows(targets.rows, table, zip(names, read))
    let split = try TableSplit(rows, of: table, self, targets)
    var columns: [TableColumnEncoding] = []
    for (name, values) in zip(names, read) {
      columns.append(try TableColumnEncoding(fitting: values.rows(split.train), name: name, missing: missing))
      try checkCount(columns[columns.count - 1], rows: split.train.count)
    }
    let dtype: DType = precision == .float64 ? .float64 : .float32
    let encoding = TableEncoding(
      columns: columns, target: try targets.encoding(split.train, isStandardized: isTargetStandardized),
      isStandardized: isStandardized, categories: categories, unknown: unknown, dtype: dtype, layout: layout)
    func records(_ rows: [Int]) throws(DatasetError) -> LabeledArrays {
      try LabeledArrays(
        inputs: encoding.array(encoding.encoded(read, of: table, rows: rows)),
        targets: targets.array(rows, dtype, encoding.target.scale),
        classCount: targets.task == .classification ? targets.classNames.count : nil)
    }
    return DatasetPair(
      train: try records(split.train), test: try records(split.test), name: name,
      origin: origin(table, encoding, targets, split),
      classNames: targets.classNames, encoding: .table(encoding))
  }

  /// The file's name without its ending.
  var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }

  /// - Throws: ``DatasetError`` for settings that name columns that the table doesn't have.
  func inputNames(_ table: CSVTable) throws(DatasetError) -> [String] {
    for name in [target] + columns + exclude + categorical + [groups, split].compactMap(\.self) {
      _ = try table.column(name)
    }
    if columns.contains(target) {
      throw DatasetError(
        .invalidArgument(name: "columns", value: columns.joined(separator: ", "), allowed: "without the target"))
    }
    let others = Set([target] + exclude + [groups, split].compactMap(\.self))
    let names = (columns.isEmpty ? table.columnNames : columns).filter { !others.contains($0) }
    guard !names.isEmpty else { throw DatasetError(.table(.noInputs)) }
    return names
  }

  private func values(_ table: CSVTable, _ name: String) throws(DatasetError) -> ColumnValues {
    let column = try table.column(name)
    return categorical.contains(name) ? .categories(table.texts(column)) : try table.values(column)
  }

  /// The rows that have what they need: with `missing: drop` those without a missing value.
  func keptRows(
    _ rows: [Int], _ table: CSVTable, _ columns: some Sequence<(String, ColumnValues)>
  ) throws(DatasetError) -> [Int] {
    var kept = rows
    for (name, values) in columns {
      guard let found = values.missing else { continue }
      switch missing {
      case .error:
        // A column without any value is no column with some missing.
        guard found.count < table.rowCount else { throw DatasetError(.table(.allMissing(column: name))) }
        let line = table.line(ofRow: found.first)
        throw DatasetError(.table(.missingValue(column: name, line: line, count: found.count)))
      case .drop:
        guard found.count < table.rowCount else { throw DatasetError(.table(.allMissing(column: name))) }
        kept.removeAll { values.rows([$0]).missing != nil }
      case .mean, .median, .mostFrequent, .indicator: continue
      }
    }
    return kept
  }

  /// Texts that hardly repeat say nothing about other records.
  private func checkCount(_ column: TableColumnEncoding, rows: Int) throws(DatasetError) {
    guard let names = column.categories?.names, !categorical.contains(column.name), names.count > 50,
      names.count * 2 > rows
    else { return }
    throw DatasetError(.table(.manyCategories(column: column.name, count: names.count, rows: rows)))
  }

  private func origin(
    _ table: CSVTable, _ encoding: TableEncoding, _ targets: TableTargets, _ split: TableSplit
  ) -> String {
    let numbers = encoding.columns.count { $0.numbers != nil }
    let kinds = [
      numbers > 0 ? "\(numbers) of numbers" + (isStandardized ? ", standardized" : "") : nil,
      numbers < encoding.columns.count ? "\(encoding.columns.count - numbers) of categories" : nil,
    ].compactMap(\.self).joined(separator: ", ")
    let what =
      switch targets.content {
      case .classes(_, let names):
        "classification of '\(target)' into \(names.count) classes, \(targets.reason)"
      case .values:
        "regression of '\(target)', \(targets.reason)" + (encoding.target.scale == nil ? "" : ", standardized")
      }
    let leftOut = table.rowCount - split.train.count - split.test.count
    return "\(table.rowCount) rows of \(table.path); \(what); columns: \(kinds); \(split.text)"
      + (leftOut > 0 ? "; \(leftOut) rows left out" : "")
  }
}

/// Files that users name.
enum DataFile {
  /// The path itself if there is such a file, otherwise the first such file in the searched folders, or in `tables` and
  /// `timeseries` below them; the path if there is none.
  static func path(_ path: String, in folders: DataFolders) -> String {
    let places = folders.searched.flatMap { ["\($0)/\(path)", "\($0)/tables/\(path)", "\($0)/timeseries/\(path)"] }
    return ([path] + places).first { FileManager.default.fileExists(atPath: $0) } ?? path
  }
}

extension TableLayout {
  static let settings: [Setting<TableLayout>] = [
    Setting("separator", \.separator, .word, "what is between fields; auto finds it"),
    Setting("decimal", \.decimal, .word, "the mark before a number's fraction"),
    Setting("header", \.hasHeader, .flag, "whether the first line names the columns; otherwise they are 0, 1, …"),
  ]
}

extension SettingFormat where Value == String? {
  /// A column, or none.
  fileprivate static var columnName: SettingFormat { .optional(.text, none: "none", standing: "") }
}

extension SettingFormat where Value == TableTask? {
  fileprivate static var task: SettingFormat { .optional(.word, none: "automatic", standing: .classification) }
}
