import Formats
import Foundation

/// A series in a file that people have to put somewhere themselves.
struct SeriesFile {
  let name: String
  /// File names that are looked for, in this order.
  let files: [String]
  let format: CSVFormat

  /// Looks in the folders, and in `timeseries` below them.
  /// - Throws: ``DatasetError`` if the file is nowhere, or isn't what it should be.
  func path(in folders: DataFolders) throws(DatasetError) -> String {
    let places = (folders.searched + [folders.cache]).flatMap { [$0, $0 + "/timeseries"] }
    for place in places {
      for file in files where FileManager.default.fileExists(atPath: "\(place)/\(file)") { return "\(place)/\(file)" }
    }
    throw DatasetError(
      .notFound(name: "\(name) (\(files.joined(separator: " or ")))", searched: places, downloadAllowed: false))
  }

  func read(in folders: DataFolders) throws -> (values: [Double], path: String) {
    let path = try path(in: folders)
    return (try CSVSeries.read(path, format).values.values(), path)
  }
}
