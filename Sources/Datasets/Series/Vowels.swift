import Arrays
import Configuration
import Formats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Japanese vowels: classification of nine speakers by utterances, sequences of 12 coefficients.
///
/// Records are float64 [frames, 13]: the coefficients and a 1, and zeros after an utterance's end, for as many frames
/// as the longest has. Source: M. Kudo, J. Toyama, M. Shimbo, "Multidimensional curve classification using
/// passing-through regions" (1999), UCI.
public struct VowelsSource: DataSource {
  public static let declaration = Declaration(
    "vowels", "Japanese vowels of nine speakers, from japanese-vowels.train and .test", standard: VowelsSource(),
    reference: Reference(
      "Kudo, Toyama and Shimbo", 1999, "Multidimensional curve classification using passing-through regions",
      "https://doi.org/10.1016/S0167-8655(99)00077-X"))

  static let coefficients = 12
  static let speakers = 9
  /// Utterances of each speaker in the test data, as UCI lists them.
  static let testCounts = [31, 35, 88, 44, 29, 24, 40, 50, 29]

  public init() {}
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    func utterances(_ part: String) throws -> ([[[Double]]], String) {
      let file = SeriesFile(
        name: "the Japanese vowels", files: ["japanese-vowels.\(part)", "ae.\(part)"],
        format: CSVFormat(separator: .whitespace))
      let (values, path) = try file.read(in: folders)
      return (Self.split(values), path)
    }
    let (train, path) = try utterances("train")
    let (test, testPath) = try utterances("test")
    let trainCounts = [Int](repeating: 30, count: Self.speakers)
    for (found, counts, path) in [(train, trainCounts, path), (test, Self.testCounts, testPath)] {
      let expected = counts.reduce(0, +)
      guard found.count == expected else {
        throw DatasetError(.truncated(part: "utterances", expected: expected, actual: found.count), path: path)
      }
    }
    let frames = (train + test).map(\.count).max() ?? 0
    return DatasetPair(
      train: try Self.records(train, trainCounts, frames), test: try Self.records(test, Self.testCounts, frames),
      name: "Japanese vowels", origin: "Japanese vowels from \(path)")
  }

  /// Utterances end with a frame of ones.
  static func split(_ values: [Double]) -> [[[Double]]] {
    var (utterances, current): ([[[Double]]], [[Double]]) = ([], [])
    for start in stride(from: 0, to: values.count - coefficients + 1, by: coefficients) {
      let frame = Array(values[start..<start + coefficients])
      if frame.allSatisfy({ $0 == 1 }) {
        if !current.isEmpty { utterances.append(current) }
        current = []
      } else {
        current.append(frame)
      }
    }
    if !current.isEmpty { utterances.append(current) }
    return utterances
  }

  /// - Parameter counts: utterances of each speaker, one speaker after the other.
  static func records(_ utterances: [[[Double]]], _ counts: [Int], _ frames: Int) throws(DatasetError) -> LabeledArrays
  {
    var values: [Double] = []
    for utterance in utterances {
      for frame in utterance { values += frame + [1] }
      values += [Double](repeating: 0, count: (frames - utterance.count) * (coefficients + 1))
    }
    let labels = counts.enumerated().flatMap { Array(repeating: Int32($0), count: $1) }
    return try LabeledArrays(
      inputs: .make(.float64, [utterances.count, frames, coefficients + 1], values.withUnsafeBytes { Array($0) }),
      targets: .make(.int32, [labels.count], labels.withUnsafeBytes { Array($0) }), classCount: speakers)
  }
}

/// Generated sequences of nine classes in the shape of ``VowelsSource``: each class has its own frequencies.
public struct SyntheticVowelsSource: DataSource {
  public static let declaration = Declaration(
    "syntheticVowels", "generated sequences of nine classes in the shape of the Japanese vowels",
    standard: SyntheticVowelsSource(),
    settings: [
      Setting("train", \.train, .integer(in: 9...100_000), "training sequences"),
      Setting("test", \.test, .integer(in: 9...100_000), "test sequences"),
      Setting("noise", \.noise, .number(in: 0...100), "standard deviation of the noise"),
    ])

  public var train = 270
  public var test = 370
  public var noise = 0.3

  public init() {}

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
      origin: "sequences generated by Tanren")
  }
}
