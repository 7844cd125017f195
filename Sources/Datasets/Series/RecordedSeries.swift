import Configuration
import Formats
import Foundation

/// A series in a file that users provide themselves.
struct SeriesFile {
  let name: String
  /// File names, in the order in which they are searched for.
  let files: [String]
  let format: CSVFormat

  /// Looks in the folders, and in `timeseries` below them.
  /// - Throws: ``DatasetError`` if the file isn't found.
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

/// Series A of the Santa Fe competition, a laser's intensity, as one-step-ahead prediction.
///
/// Source: U. Hübner, N. Abraham, C. Weiss, "Dimensions and entropies of chaotic intensity pulsations in a
/// single-mode far-infrared NH3 laser" (1989).
public struct LaserSource: DataSource {
  public static let declaration = Declaration(
    "laser", "Santa Fe series A, a chaotic laser's intensity, from santa-fe-laser-a.txt", standard: LaserSource(),
    reference: Reference(
      "Hübner, Abraham and Weiss", 1989,
      "Dimensions and entropies of chaotic intensity pulsations in a single-mode far-infrared NH3 laser",
      "https://doi.org/10.1103/PhysRevA.40.6354"),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
      Setting("scale", \.scale, .number(in: 1e-9...1e9), "scale factor of the values"),
    ])

  public var train = 1000
  public var test = 1000
  public var scale = 1.0 / 255

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let file = SeriesFile(
      name: "the Santa Fe laser series", files: ["santa-fe-laser-a.txt", "santafe-a.txt"],
      format: CSVFormat(separator: .whitespace))
    let (values, path) = try file.read(in: folders)
    return try TimeSeries(values.map { $0 * scale }).oneStepAhead(
      train: train, test: test, name: "laser", origin: "Santa Fe series A from \(path)")
  }
}

/// Monthly mean sunspot numbers as one-step-ahead prediction.
///
/// Source: WDC-SILSO, Royal Observatory of Belgium, Brussels, version 2.0.
public struct SunspotsSource: DataSource {
  public static let declaration = Declaration(
    "sunspots", "monthly sunspot numbers since 1749, from SILSO's file of version 2.0", standard: SunspotsSource(),
    reference: Reference(
      "WDC-SILSO, Royal Observatory of Belgium", 2015, "Sunspot Number, version 2.0", "https://www.sidc.be/SILSO/"),
    settings: [
      Setting("train", \.train, .steps, "training months"),
      Setting(
        "test", \.test, .positiveOrZero(upTo: 10_000_000),
        "test months, after the training months; 0 for all"),
      Setting("scale", \.scale, .number(in: 1e-9...1e9), "scale factor of the values"),
    ])

  public var train = 2400
  /// Nil for all.
  public var test: Int?
  public var scale = 0.0025

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    // Year, month, date, mean, deviation, observations, provisional or not.
    let file = SeriesFile(
      name: "SILSO's monthly sunspot numbers", files: ["sunspots-monthly-silso-v2.csv", "SN_m_tot_V2.0.csv"],
      format: CSVFormat(separator: .character(";"), columns: .indices([3])))
    let (values, path) = try file.read(in: folders)
    return try TimeSeries(values.map { $0 * scale }).oneStepAhead(
      train: train, test: test ?? values.count - 1 - train, name: "sunspots",
      origin: "SILSO's sunspot numbers from \(path)")
  }
}
