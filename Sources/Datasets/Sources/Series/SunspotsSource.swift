import Configuration
import Formats

/// Monthly mean sunspot numbers; each month's value is the input and the next one's the target.
///
/// Source: WDC-SILSO, Royal Observatory of Belgium, Brussels, version 2.0.
public struct SunspotsSource: DataSource {
  public static let name = "sunspots"
  public static let summary = "monthly sunspot numbers since 1749, from SILSO's file of version 2.0"
  public static let parameters = [
    Parameter("train", default: 2400, "months to learn from"),
    Parameter("test", default: 0, "months after them; 0 for all"),
    Parameter("scale", default: 0.0025, "what values are multiplied by"),
  ]

  public var train = 2400
  /// Nil for all.
  public var test: Int?
  public var scale = 0.0025

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    let count = try options.integer("test", default: 0, in: 0...10_000_000)
    test = count == 0 ? nil : count
    scale = try options.number("scale", default: scale, in: 1e-9...1e9)
  }

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
