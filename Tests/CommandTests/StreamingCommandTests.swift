import Foundation
import Tanren
import TestSupport
import Testing

/// Data larger than the memory that they may take, by the command that people type.
@Suite(.tags(.process, .slow), .serialized) struct StreamingCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Records of 2,000 bytes, in files of 5 MB.
  private func writeShards(_ name: String, megabytes: Int) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    var random = NumPyRandomState(seed: 4)
    let noise = (0..<2500 * 2000 / 4).flatMap { _ in
      let number = random.nextUInt32()
      return [
        UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8),
        UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 24),
      ]
    }
    let array = try HostArray(dtype: .uint8, shape: [2500, 2000], bytes: noise)
    for number in 0..<megabytes / 5 { try NPY.write(array, to: folder("\(name)/x_train-\(100 + number).npy")) }
    let count = megabytes / 5 * 2500
    try NPY.write(HostArray((0..<count).map { Int32($0 % 3) }), to: folder("\(name)/y_train.npy"))
    try NPY.write(
      HostArray(dtype: .uint8, shape: [600, 2000], bytes: Array(noise[..<1_200_000])), to: folder("\(name)/x_test.npy"))
    try NPY.write(HostArray((0..<600).map { Int32($0 % 3) }), to: folder("\(name)/y_test.npy"))
  }

  /// Runs a training, and watches its memory.
  /// - Returns: the most memory that it had, in MB.
  private func peak(_ words: String, output: String) throws -> Double {
    let result = try TanrenProcess.shell(
      """
      "$1" run \(words) 'model=mlp(hidden: [8])' epochs=2 batchSize=100 --quiet --output \(output) & process=$!
      while grep VmHWM /proc/$process/status >> \(output).peaks 2> /dev/null; do sleep 0.02; done
      wait $process
      """, in: folder)
    #expect(result.status == 0, "\(result.error)")
    let last = try #require(try folder.text("\(output).peaks").split(separator: "\n").last)
    return try #require(last.split(separator: " ").dropLast().last.flatMap { Double($0) }) / 1000
  }

  private func metrics(_ name: String) throws -> [String] {
    let rows = try folder.text(name + "/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let names = try #require(rows.first)
    return rows.map { row in
      names.indices.filter { !names[$0].contains("seconds") }.map { String(row[$0]) }.joined(separator: ",")
    }
  }

  #if os(Linux)
    /// Ten times the limit in data: memory grows by less than the limit, and the results are those of data in memory.
    @Test func memoryStaysBelowTheLimit() throws {
      try writeShards("small", megabytes: 10)
      try writeShards("large", megabytes: 80)
      let base = try peak("'data=npy(path: small)' --memory 8M", output: "base")
      let streamed = try peak("'data=npy(path: large)' --memory 8M", output: "streamed")
      let resident = try peak("'data=npy(path: large)'", output: "resident")
      #expect(streamed - base < 8, "\(streamed) MB, and \(base) MB with an eighth of the data")
      #expect(resident - base > 80, "\(resident) MB in memory")
      #expect(try metrics("streamed") == metrics("resident"))
    }
  #endif

  @Test func picturesAreStreamedAlike() throws {
    for index in 0..<60 {
      let pixels = (0..<20 * 30).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 >> 9) / 2 + index) }
      let image = try HostArray(dtype: .uint8, shape: [20, 30], bytes: pixels)
      try folder.write(PNG.encode(image), to: "photos/\(["cat", "dog"][index % 2])/\(index).png")
    }
    try folder.write("text", to: "photos/dog/61.png")
    let source = "images(path: photos, size: 24, unreadable: skip)"
    let words = ["run", "data=\(source)", "model=mlp(hidden: [8])", "epochs=2", "batchSize=4"]
    for (name, extra) in [("resident", []), ("streamed", ["--memory", "40K"])] as [(String, [String])] {
      let result = try TanrenProcess.run(words + ["--output", name] + extra, in: folder)
      #expect(result.status == 0 && result.output.contains("1 unreadable and skipped"), "\(result.error)")
      #expect(result.output.contains("read in parts") == (name == "streamed"))
    }
    #expect(try metrics("streamed") == metrics("resident"))
    for (words, message) in [
      (["data=digits", "--memory", "1M"], "data that can be read part by part"),
      (["data=\(source)", "--memory", "lots"], "lots"),
      (["data=\(source)", "--memory", "2K", "batchSize=4"], "a batch needs"),
      (
        ["data=\(source)", "--memory", "40K", "batchSize=4", "preprocessing=featurewise"],
        "'featurewise' needs the data in memory"
      ),
    ] {
      let result = try TanrenProcess.run(["run"] + words, in: folder)
      #expect(result.status != 0 && result.error.contains(message), "\(result.error)")
    }
  }
}
