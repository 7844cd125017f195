/// What is wrong with a text file of columns, or with what its columns hold. Lines are counted from 1.
public enum TableProblem: Equatable, Sendable {
  // The text
  case empty
  case headerOnly(columns: Int)
  case notUTF8(line: Int)
  case unterminatedQuote(line: Int)
  case textAfterQuote(line: Int)
  case duplicateColumn(name: String)

  // What columns hold
  case missingValue(column: String, line: Int, count: Int)
  case allMissing(column: String)
  /// As `missingValue`, in a series.
  case gap(column: String, line: Int, count: Int)
  case notNumber(column: String, line: Int, text: String)
  /// A number that isn't written with the decimal mark that is expected.
  case otherDecimal(column: String, line: Int, text: String, mark: CSVFormat.Decimal)
  case dates(column: String, line: Int, text: String)
  case manyCategories(column: String, count: Int, rows: Int)
  /// A category that no training record has.
  case unknownCategory(column: String, line: Int, text: String, known: [String])
  case noInputs
  /// A column that a saved model doesn't know.
  case unknownColumn(name: String, known: [String])

  // Targets and parts
  case constantTarget(column: String, value: String)
  /// A target that the chosen task can't have.
  case targetNotNumber(column: String, line: Int, text: String)
  case rareClass(column: String, name: String, line: Int)
  case classWithoutTraining(column: String, name: String, line: Int)
  /// A class that a saved model doesn't know.
  case unknownClass(column: String, line: Int, text: String, known: [String])
  case standardizedClasses(column: String)
  case unknownPart(column: String, line: Int, text: String)
  case emptyPart(name: String)
}

extension TableProblem {
  var summary: String {
    switch self {
    case .empty: "the file is empty"
    case .headerOnly(let columns): "there is a header of \(columns) columns, but no row below it"
    case .notUTF8(let line): "line \(line) isn't UTF-8 text"
    case .unterminatedQuote(let line): "line \(line): the double quote isn't closed before the end of the file"
    case .textAfterQuote(let line): "line \(line): there is text between a closing quote and the next separator"
    case .duplicateColumn(let name): "two columns are named '\(name)'"
    case .missingValue(let column, let line, let count), .gap(let column, let line, let count):
      "column '\(column)' has no value on line \(line)" + (count > 1 ? ", the first of \(count) such lines" : "")
    case .allMissing(let column): "column '\(column)' has no value in any training record"
    case .notNumber(let column, let line, let text):
      "column '\(column)', line \(line): '\(text.excerpt)' is not a number, unlike most of the column"
    case .otherDecimal(let column, let line, let text, let mark):
      "column '\(column)', line \(line): '\(text.excerpt)' isn't a number with a decimal \(mark.rawValue)"
    case .dates(let column, let line, let text):
      "column '\(column)', line \(line): '\(text.excerpt)' is a date or a time, which no model takes"
    case .manyCategories(let column, let count, let rows):
      "column '\(column)' holds \(count) different texts in \(rows) rows, like names or identifiers rather than categories"
    case .unknownCategory(let column, let line, let text, let known):
      "column '\(column)', line \(line): no training record has the category '\(text.excerpt)'; there are "
        + Self.list(known)
    case .noInputs: "there is no input column besides the target"
    case .unknownColumn(let name, let known):
      "the model doesn't know the column '\(name.excerpt)'; it was trained on \(Self.list(known))"
    case .constantTarget(let column, let value): "the target '\(column)' is '\(value.excerpt)' in every row"
    case .targetNotNumber(let column, let line, let text):
      "the target '\(column)', line \(line): '\(text.excerpt)' is not a number"
    case .rareClass(let column, let name, let line):
      "only one record, on line \(line), has '\(name.excerpt)' as its target '\(column)', so it can't be in training and "
        + "test data both"
    case .classWithoutTraining(let column, let name, let line):
      "test records such as that on line \(line) have '\(name.excerpt)' as their target '\(column)', but no training "
        + "record has"
    case .unknownClass(let column, let line, let text, let known):
      "the target '\(column)', line \(line): the model doesn't know the class '\(text.excerpt)'; it was trained on "
        + Self.list(known)
    case .standardizedClasses(let column): "the target '\(column)' holds classes, which can't be standardized"
    case .unknownPart(let column, let line, let text):
      "column '\(column)', line \(line): '\(text.excerpt)' names no part of the data"
    case .emptyPart(let name): "no record is left for the \(name) data"
    }
  }

  var remedy: String {
    switch self {
    case .empty: "Check the path."
    case .headerOnly: "Add rows, or set header: false if this line is one."
    case .notUTF8: "Save it as UTF-8, for instance as 'CSV UTF-8' in a spreadsheet."
    case .unterminatedQuote: "Close it; a quote within quotes is doubled."
    case .textAfterQuote: "Double quotes that are part of the text, and put the whole field in quotes."
    case .duplicateColumn: "Rename one of them in the header."
    case .missingValue:
      "Fill it in, or choose a rule: missing: mean, median, mostFrequent, indicator or drop."
    case .gap: "Fill it in, or choose a rule: missing: previous, or linear, which also fills the beginning."
    case .allMissing(let column): "Leave it out: exclude: [\(Self.word(column))]."
    case .notNumber(let column, _, _):
      "Correct it, leave it empty if it is missing, or set categorical: [\(Self.word(column))]."
    case .otherDecimal(_, _, _, let mark):
      mark == .point
        ? "Set decimal: comma; if commas group thousands, remove them."
        : "Set decimal: point; if points group thousands, remove them."
    case .dates(let column, _, _):
      "Leave it out, exclude: [\(Self.word(column))], or replace it by numbers such as year, month or days since a start."
    case .manyCategories(let column, _, _):
      "Leave it out, exclude: [\(Self.word(column))], or set categorical: [\(Self.word(column))] if they are categories."
    case .unknownCategory: "Correct it, or set unknown: ignore, which gives it no input of its own."
    case .noInputs: "Check 'columns' and 'exclude'."
    case .unknownColumn(let name, _): "Leave it out: exclude: [\(Self.word(name))]."
    case .constantTarget: "There is nothing to learn: choose another target, or add other records."
    case .targetNotNumber: "Correct it, or set task: classification."
    case .rareClass: "Add records, merge or remove the class, or set stratified: false."
    case .classWithoutTraining: "Choose another seed or split, or remove the class."
    case .unknownClass: "Correct it, or leave these rows out."
    case .standardizedClasses: "Set standardizeTarget: false, or task: regression if they are numbers to predict."
    case .unknownPart: "Write train, validation or test."
    case .emptyPart: "Change 'test', 'folds' or 'split'."
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  /// A name as settings take it.
  private static func word(_ name: String) -> String {
    name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) == nil ? "\"\(name)\"" : name
  }
}
