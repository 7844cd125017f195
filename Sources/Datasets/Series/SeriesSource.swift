import Arrays
import Configuration
import Formats
import Foundation

/// The user's own series: a file with a row per step, some of whose columns are predicted from others.
///
/// ```swift
/// var source = SeriesSource(path: "sensor.csv")
/// (source.columns, source.train) = (["temperature"], 3000)
/// ```
/// Without a window, each step is a record, float64 [steps, columns]: what reservoirs are driven by. With a window, a
/// record is the last steps, [steps, window, columns]: what networks are trained on.
public struct SeriesSource: DataSource {
  public static let declaration = Declaration(
    "series", "your own series, a text or NPY file with a row per step, predicted some steps ahead",
    standard: SeriesSource(path: ""),
    settings: [
      .required(
        "path", \.path, .text.checked("a file's name") { !$0.isEmpty }, "the file, also searched for in TANREN_DATA",
        example: "series(path: sensor.csv, columns: [temperature])"),
      Setting("columns", \.columns, .texts, "input columns; none for all"),
      Setting("targets", \.targets, .texts, "columns to predict; none for the input columns"),
      Setting("exclude", \.exclude, .texts, "columns that are no inputs"),
      Setting("train", \.train, .positiveOrZero(upTo: 1_000_000_000), "training steps; 0 for four fifths"),
      Setting("test", \.test, .positiveOrZero(upTo: 1_000_000_000), "test steps, after the training steps; 0 for all"),
      Setting("window", \.window, .positiveOrZero(upTo: 1_000_000), "steps of one record; 0 for records of one step"),
      Setting("horizon", \.horizon, .integer(in: 1...1_000_000), "how many steps ahead targets are"),
      Setting("missing", \.gaps, .word, "what is done where a value is missing"),
      Setting(
        "standardized", \.isStandardized, .flag,
        "whether inputs and targets get mean 0 and deviation 1 over the training steps"),
      Setting("separator", \.layout.separator, .word, "what is between fields; auto finds it"),
      Setting("decimal", \.layout.decimal, .word, "the mark before a number's fraction"),
      Setting(
        "header", \.layout.hasHeader, .optional(.flag, none: "auto", standing: true),
        "whether the first line names the columns; otherwise they are 0, 1, …"),
      Setting("dtype", \.precision, .word, "element type of inputs and targets"),
    ])

  public var path: String
  /// Empty for all.
  public var columns: [String] = []
  /// Empty for the input columns.
  public var targets: [String] = []
  public var exclude: [String] = []
  /// Nil for four fifths.
  public var train: Int?
  /// Nil for all after the training steps.
  public var test: Int?
  /// Nil for records of one step.
  public var window: Int?
  public var horizon = 1
  public var gaps = GapRule.error
  public var isStandardized = false
  var layout = SeriesLayout()
  public var precision = SeriesPrecision.float64

  /// The element types of a series.
  public enum SeriesPrecision: String, CaseIterable, Sendable {
    case float64, float32
  }

  public init(path: String) { self.path = path }

  public var isSeries: Bool { true }

  /// - Throws: ``DatasetError`` with file, line, column and remedy for values that are missing or no numbers, and for too
  ///   short a series.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let file = try SeriesTable(DataFile.path(path, in: folders), layout)
    do throws(DatasetError) {
      return try pair(of: file)
    } catch {
      throw DatasetError(error.problem, path: file.path)
    }
  }

  /// The file's name without its ending.
  var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }

  private func pair(of file: SeriesTable) throws(DatasetError) -> DatasetPair {
    let inputNames = (columns.isEmpty ? file.columnNames : columns).filter { !exclude.contains($0) }
    let targetNames = targets.isEmpty ? inputNames : targets
    guard !inputNames.isEmpty else { throw DatasetError(.table(.noInputs)) }
    let (inputs, outputs) = (try file.series(inputNames, gaps), try file.series(targetNames, gaps))
    let (steps, first) = (inputs.steps, (window ?? 1) - 1)
    let usable = steps - horizon
    let train = self.train ?? usable * 4 / 5
    let test = self.test ?? usable - train
    guard train > first, test >= 1, train + test <= usable else {
      throw DatasetError(
        .invalidArgument(
          name: "train and test", value: "\(train) and \(test)",
          allowed: "\(first + 1) and 1 or more, together at most \(usable) of these \(steps) steps, since targets are "
            + "\(horizon) ahead"))
    }
    let dtype: DType = precision == .float64 ? .float64 : .float32
    let encoding = SeriesEncoding(
      columns: inputNames, targets: targetNames, window: window, horizon: horizon,
      inputScales: isStandardized ? inputs.scales(ofFirst: train) : [],
      targetScales: isStandardized ? outputs.scales(ofFirst: train) : [], dtype: dtype, gaps: gaps, layout: layout)
    let (scaled, ahead) = (
      inputs.scaled(encoding.inputScales), outputs.scaled(encoding.targetScales).dropFirst(horizon)
    )
    func records(_ range: Range<Int>) throws(DatasetError) -> LabeledArrays {
      try LabeledArrays(
        inputs: scaled.array(endingIn: range, window: window, dtype),
        targets: ahead.array(endingIn: range, window: nil, dtype))
    }
    let kind = window.map { "windows of \($0) steps" } ?? "single steps"
    let distance = "\(horizon) step\(horizon == 1 ? "" : "s") ahead"
    return DatasetPair(
      train: try records(first..<train), test: try records(train..<train + test),
      name: name,
      origin: "\(steps) steps of \(file.path); \(targetNames.joined(separator: ", ")) \(distance) from "
        + "\(inputNames.joined(separator: ", ")), \(kind)"
        + (isStandardized ? ", in standard deviations of the training steps" : ""), encoding: .series(encoding))
  }
}
