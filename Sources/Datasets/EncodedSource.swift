import Arrays

/// A data source whose files can be read as those of a saved model were: with the statistics, categories and classes of
/// that model's training data.
///
/// ```swift
/// let rows = (0..<40).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")\n" }.joined()
/// try ("x,y\n" + rows).write(toFile: "t.csv", atomically: true, encoding: .utf8)
/// try "x,y\n100,odd\n".write(toFile: "new.csv", atomically: true, encoding: .utf8)
/// let trained = try TableSource(path: "t.csv", target: "y").load(from: DataFolders(), progress: nil)
/// if let encoding = trained.encoding {
///   let new = try TableSource(path: "new.csv", target: "y")
///     .records(encodedBy: encoding, classNames: trained.classNames, given: ["path", "target"], from: DataFolders())
///   print(try new?.records.labels() ?? [])  // [1]
/// }
/// ```
public protocol EncodedSource: DataSource {
  /// The records in the source's files, all of them unless settings that divide them were given: then the test part.
  /// - Parameters:
  ///   - encoding: how the model's training data became inputs.
  ///   - classNames: the model's classes, in order; empty for targets without.
  ///   - given: the names of the settings that were given for these data. What isn't given is as it was for the model.
  /// - Returns: nil if the encoding is of another kind of data.
  /// - Throws: `DatasetError` for files that can't be read, and for columns, categories and classes that the model
  ///   doesn't know.
  func records(
    encodedBy encoding: InputEncoding, classNames: [String], given: Set<String>, from folders: DataFolders
  ) throws -> EncodedRecords?
}

/// Records that were read with a saved model's encoding.
public struct EncodedRecords: Sendable, Equatable {
  public let records: LabeledArrays
  /// A short name.
  public let name: String
  /// Where the records came from, for people.
  public let origin: String
}
