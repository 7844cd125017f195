import Foundation
import Tanren
import TestSupport
import Testing

/// Pictures by the commands that people type.
@Suite(.tags(.process)) struct ImageCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func output(_ words: [String]) throws -> String {
    let result = try TanrenProcess.run(
      words, environment: ["TANREN_DATA": folder("data")], in: folder)
    #expect(result.status == 0, "\(words.joined(separator: " ")): \(result.error)")
    return result.output
  }

  /// CIFAR-10's files with a few records of noise, in which the classes are mixed.
  private func writeCIFAR(_ perFile: Int) throws {
    var random = NumPyRandomState(seed: 3)
    for name in (1...5).map({ "data_batch_\($0)" }) + ["test_batch"] {
      let records = (0..<perFile).flatMap { _ in
        [UInt8(random.nextUInt32() % 10)] + (0..<3072).map { _ in UInt8(random.nextUInt32() % 256) }
      }
      try folder.write(records, to: "data/cifar10/\(name).bin")
    }
  }

  /// The history without the times.
  private func history(_ name: String) throws -> [String] {
    let rows = try folder.text(name + "/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let names = try #require(rows.first)
    let places = names.indices.filter { !names[$0].contains("seconds") }
    return rows.map { row in places.map { String(row[$0]) }.joined(separator: ",") }
  }

  @Test func theSameDataAsPicturesGivesTheSameBits() throws {
    try writeCIFAR(40)
    let written = try output(["data", "export", "cifar10", "--output", "photos"])
    #expect(written.contains("240 pictures to photos"))
    #expect(folder.names("photos/train").count == 10 && folder.names("photos") == ["test", "train"])
    let common = [
      "model=mlp(hidden: [30])", "epochs=3", "batchSize=20", "examples=150", "augmentation=basic", "--quiet",
    ]
    _ = try output(["run", "data=cifar10", "--output", "binary"] + common)
    _ = try output(["run", "data=images(path: photos, size: 32)", "--output", "pictures"] + common)
    #expect(try history("pictures") == history("binary") && history("binary").count == 4)
    // Exporting what was exported changes nothing.
    _ = try output(["data", "export", "images(path: photos, size: 32)", "--output", "again"])
    #expect(
      try folder.bytes("again/train/cat/\(folder.names("again/train/cat")[0])")
        == folder.bytes("photos/train/cat/\(folder.names("photos/train/cat")[0])"))
    let refused = try TanrenProcess.run(["data", "export", "cifar10", "--output", "photos"], in: folder)
    #expect(refused.status != 0 && refused.error.contains("already exists"))
  }

  @Test func classesAndUnreadablePicturesAreShown() throws {
    for index in 0..<12 {
      let level = UInt8(index * 20)
      let image = try HostArray(dtype: .uint8, shape: [20, 30], bytes: [UInt8](repeating: level, count: 600))
      try folder.write(PNG.encode(image), to: "photos/\(["cat", "dog"][index % 2])/\(index).png")
    }
    try folder.write("text", to: "photos/dog/bad.jpg")
    let source = "images(path: photos, size: 16, unreadable: skip)"
    let info = try output(["data", "info", source])
    for words in [
      "uint8 [10, 16, 16, 1]", "30x20, to 16x16 by squash", "1 unreadable and skipped", "bad.jpg", "cat", "dog",
    ] {
      #expect(info.contains(words), "\(words)")
    }
    #expect(try output(["data", "preview", source, "--output", "sheet.svg"]).contains("10 of 10 images"))
    #expect(try folder.text("sheet.svg").contains(">dog</text>"))
    #expect(try output(["run", "data=\(source)", "epochs=1", "batchSize=5"]).contains("1 unreadable and skipped"))
    let refused = try TanrenProcess.run(["run", "data=images(path: photos)"], in: folder)
    #expect(refused.status != 0 && refused.error.contains("photos/dog/bad.jpg: this isn't a PNG or JPEG picture"))
  }
}
