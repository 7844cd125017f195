import Configuration
import Formats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sequences of nine classes in the shape of ``VowelsSource``, drawn by Tanren itself: each class has frequencies of
/// its own.
public struct SyntheticVowelsSource: DataSource {
  public static let name = "syntheticVowels"
  public static let summary = "sequences of nine classes in the shape of the Japanese vowels, drawn by Tanren itself"
  public static let parameters = [
    Parameter("train", default: 270, "training sequences"), Parameter("test", default: 370, "test sequences"),
    Parameter("noise", default: 0.3, "how far values are off"),
  ]

  public var train = 270
  public var test = 370
  public var noise = 0.3

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 9...100_000)
    test = try options.integer("test", default: test, in: 9...100_000)
    noise = try options.number("noise", default: noise, in: 0...100)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let speakers = VowelsSource.speakers
    func records(_ count: Int, stream: UInt64) throws(DatasetError) -> LabeledArrays {
      let counts = (0..<speakers).map { count / speakers + ($0 < count % speakers ? 1 : 0) }
      var (utterances, index): ([[[Double]]], UInt64) = ([], 0)
      for (speaker, own) in counts.enumerated() {
        for _ in 0..<own {
          var generator = SplitMix64(seed: 7, stream: stream, index: index)
          index += 1
          let frames = 7 + generator.index(below: 23)
          utterances.append(
            (0..<frames).map { frame in
              (0..<VowelsSource.coefficients).map { channel in
                let speed = 0.15 + 0.05 * Double((speaker * (channel + 1)) % 7)
                return sin(speed * Double(frame) + Double(channel)) + noise * Double(generator.bell())
              }
            })
        }
      }
      return try VowelsSource.records(utterances, counts, 29)
    }
    return DatasetPair(
      train: try records(train, stream: 1), test: try records(test, stream: 2), name: "synthetic vowels",
      origin: "sequences drawn by Tanren")
  }
}
