import Arrays
import Configuration
import Formats

/// Another series cut into sequences, each with the targets of its steps: what models are trained on that put out every step.
///
/// ```swift
/// let pair = try SequencesSource(NARMASource(), length: 50, washout: 10).load(from: DataFolders(), progress: nil)
/// print(pair.train.inputs.shape, pair.train.targets.shape)  // [43, 60, 1] [43, 50, 1]
/// ```
public struct SequencesSource: DataSource {
  public static let declaration = Declaration(
    "sequences", "another series cut into sequences, with the targets of all steps",
    standard: SequencesSource(SineSource()),
    settings: [
      .required("data", \.data, .method, "the series", example: "sequences(data: narma)"),
      Setting("length", \.length, .integer(in: 1...1_000_000), "steps of a sequence that have targets"),
      Setting("washout", \.washout, .integer(in: 0...1_000_000), "steps before them, of the sequence before"),
    ])

  public var data: any DataSource
  public var length: Int
  public var washout: Int

  public init(_ data: any DataSource, length: Int = 50, washout: Int = 0) {
    (self.data, self.length, self.washout) = (data, length, washout)
  }

  public var isSeries: Bool { data.isSeries }

  /// - Throws: ``DatasetError`` for data that are no series, and for too short a one.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    (pair.train, pair.test) = (try cut(pair.train, "training"), try cut(pair.test, "test"))
    pair.encoding = nil
    pair.name += " in sequences"
    pair.origin +=
      "; \(pair.train.count) and \(pair.test.count) sequences of \(length) steps"
      + (washout > 0 ? " after \(washout) of washout" : "")
    return pair
  }

  /// As many sequences as fit.
  private func cut(_ series: LabeledArrays, _ part: String) throws(DatasetError) -> LabeledArrays {
    guard data.isSeries, series.inputs.shape.count == 2, series.targets.shape.count == 2 else {
      throw DatasetError(
        .invalidArgument(
          name: "data", value: type(of: data).name, allowed: "a series of steps [steps, channels] with targets"))
    }
    guard washout + length <= series.count else {
      throw DatasetError(
        .invalidArgument(
          name: "washout and length", value: "\(washout) and \(length)",
          allowed: "together at most the \(series.count) \(part) steps"))
    }
    let starts = stride(from: 0, through: series.count - washout - length, by: length)
    func sequences(_ array: HostArray, from first: Int) throws(DatasetError) -> HostArray {
      let rows = try array.gathered(starts.flatMap { Array($0 + first..<$0 + washout + length) })
      let shape = [rows.recordCount / (washout + length - first), washout + length - first] + array.recordShape
      return try .make(array.dtype, shape, rows.bytes)
    }
    return try LabeledArrays(
      inputs: sequences(series.inputs, from: 0), targets: sequences(series.targets, from: washout))
  }
}
