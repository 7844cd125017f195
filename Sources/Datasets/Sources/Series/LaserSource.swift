import Configuration
import Formats

/// Series A of the Santa Fe competition, a laser's intensity; each step's value is the input and the next one's the
/// target.
///
/// Source: U. Hübner, N. Abraham, C. Weiss, "Dimensions and entropies of chaotic intensity pulsations in a
/// single-mode far-infrared NH3 laser" (1989).
public struct LaserSource: DataSource {
  public static let name = "laser"
  public static let summary =
    "Santa Fe series A, a chaotic laser's intensity, from santa-fe-laser-a.txt (Hübner et al. 1989)"
  public static let parameters = [
    Parameter("train", default: 1000, "steps to learn from"), Parameter("test", default: 1000, "steps after them"),
    Parameter("scale", default: 1.0 / 255, "what values are multiplied by: 1/255"),
  ]

  public var train = 1000
  public var test = 1000
  public var scale = 1.0 / 255

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    scale = try options.number("scale", default: scale, in: 1e-9...1e9)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let file = SeriesFile(
      name: "the Santa Fe laser series", files: ["santa-fe-laser-a.txt", "santafe-a.txt"],
      format: CSVFormat(separator: .whitespace))
    let (values, path) = try file.read(in: folders)
    return try TimeSeries(values.map { $0 * scale }).oneStepAhead(
      train: train, test: test, name: "laser", origin: "Santa Fe series A from \(path)")
  }
}
