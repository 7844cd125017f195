import Figures
import Training

/// What a model predicts for some records.
public struct Predictions: Sendable, Equatable {
  /// What each record is called: a file's path, or path and row.
  public let names: [String]
  /// The number of each record's class, nil for a model that doesn't choose among classes.
  public let classes: [Int]?
  /// What the columns of ``values`` are: classes, or predicted values.
  public let columns: [String]
  /// `[records, columns]`: the classes' probabilities, or predicted values.
  public let values: HostArray

  /// - Parameter values: `[records, …]`, as many numbers per record as columns.
  init(_ names: [String], values: HostArray, columns: [String], classes: [Int]? = nil) throws {
    (self.names, self.columns, self.classes) = (names, columns, classes)
    self.values = try HostArray(dtype: values.dtype, shape: [names.count, columns.count], bytes: values.bytes)
  }

  /// A row per record: its name, its class, and each class's probability; or its name and each predicted value.
  /// Numbers have all their digits.
  /// - Throws: `EngineError` for values in half precision that can't be converted.
  public func table() throws -> TextTable {
    var table = TextTable((["name"] + (classes == nil ? [] : ["class"]) + columns).map { TableColumn($0) })
    let texts = try texts()
    for (row, name) in names.enumerated() {
      let label = classes.map { [columns.indices.contains($0[row]) ? columns[$0[row]] : "\($0[row])"] } ?? []
      let numbers = texts[row * columns.count..<(row + 1) * columns.count]
      table.append(([name] + label + numbers).map { TableCell($0) })
    }
    return table
  }

  private func texts() throws -> [String] {
    if values.dtype == .float64 { return try values.values(as: Double.self).map { $0.plainText } }
    let singles = values.dtype == .float32 ? values : try Tensor(values).cast(to: .float32).hostArray()
    return try singles.values(as: Float.self).map { $0.isNaN ? "nan" : "\($0)" }
  }
}
