import Configuration
import Datasets
import Foundation

/// Readers of users' own text files with columns: two bytes of settings, the training file, and after a zero byte a file
/// that a model of it is evaluated on.
enum TextReaders {
  /// A table whose target is `y`, or the first column where there is no header.
  static func table(_ bytes: [UInt8]) throws {
    let (first, second) = choices(bytes)
    let hasHeader = first & 1 == 0
    let missing = ["error", "mean", "median", "mostFrequent", "indicator", "drop"]
    var options: [String: OptionValue] = [
      "target": .text(hasHeader ? "y" : "0"), "header": .flag(hasHeader),
      "decimal": .text(first & 2 == 0 ? "point" : "comma"), "missing": .text(missing[Int(second) % missing.count]),
      "categories": .text(first & 4 == 0 ? "oneHot" : "index"), "unknown": .text(first & 8 == 0 ? "error" : "ignore"),
      "test": .number(0.4), "dtype": .text("float64"),
    ]
    if first & 16 != 0 { options["task"] = .text(first & 32 == 0 ? "classification" : "regression") }
    if first & 64 != 0, first & 48 == 48 { options["standardizeTarget"] = .flag(true) }
    if second & 64 != 0 { options["folds"] = .number(3) }
    if second & 128 != 0 { options[first & 128 == 0 ? "groups" : "split"] = .text(hasHeader ? "part" : "1") }
    try read("table", bytes, options)
  }

  /// A series with a row per step.
  static func log(_ bytes: [UInt8]) throws {
    let (first, second) = choices(bytes)
    var options: [String: OptionValue] = [
      "decimal": .text(first & 1 == 0 ? "point" : "comma"), "standardized": .flag(first & 2 != 0),
      "missing": .text(["error", "previous", "linear"][Int(second & 15) % 3]),
      "horizon": .number(first & 4 == 0 ? 1 : 3),
      "window": .number(first & 8 == 0 ? 0 : 3),
    ]
    if first & 16 != 0 { options["header"] = .flag(first & 32 != 0) }
    if second & 64 != 0 { options["columns"] = .list([.text("a")]) }
    if second & 128 != 0 { options["targets"] = .list([.text("b")]) }
    try read("series", bytes, options)
  }

  private static func choices(_ bytes: [UInt8]) -> (UInt8, UInt8) { (bytes.first ?? 0, bytes.dropFirst().first ?? 0) }

  private static func read(_ name: String, _ bytes: [UInt8], _ options: [String: OptionValue]) throws {
    let parts = bytes.dropFirst(2).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    try Scratch.with { folder in
      let folders = DataFolders(searched: [], cache: folder, allowsDownload: false)
      func source(_ file: String, _ bytes: some Sequence<UInt8>) throws -> any DataSource {
        try Scratch.write(Array(bytes), folder + "/" + file)
        let all = options.merging(["path": .text(folder + "/" + file)]) { $1 }
        return try Registry<any DataSource>.all.build(MethodSpec(name, Options(all)))
      }
      let pair = try source("own", parts.first ?? []).load(from: folders, progress: nil)
      for data in [pair.train, pair.test] {
        guard data.inputs.firstNonFinite == nil, data.targets.firstNonFinite == nil else {
          throw Fault("a number isn't finite")
        }
      }
      guard parts.count == 2, let encoding = pair.encoding,
        let other = try source("other", parts[1]) as? any EncodedSource
      else { return }
      let records = try other.records(
        encodedBy: encoding, classNames: pair.classNames, given: Set(options.keys), from: folders
      )?.records
      guard let records, records.inputs.shape.dropFirst() == pair.train.inputs.shape.dropFirst() else {
        throw Fault("the other file's records aren't alike")
      }
    }
  }
}
