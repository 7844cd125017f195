import ArgumentParser
import Foundation
import Tanren

/// `tanren data export`.
struct DataExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the images of a data set as PNG files, in folders named after their classes.",
    discussion: """
      The files are train/CLASS/NUMBER.png and test/CLASS/NUMBER.png, numbered in the order of the data set: \
      'images(path: FOLDER, size: SIDE)' reads the same data back.

      Examples:
        tanren data export cifar10 --output photos
        tanren data export 'subset(data: syntheticImages, train: 500, test: 100)' --output shapes
      """)

  @Argument(help: ArgumentHelp("Data set.", valueName: "data-set"))
  var source: String

  @Flag(help: "Never download data.")
  var offline = false

  @Option(help: ArgumentHelp("Folder to write, which must not exist.", valueName: "folder"))
  var output: String

  func run() throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw UsageError("--output is '\(output)', which already exists: name a new folder")
    }
    let pair = try Registry<any DataSource>.all.build(MethodSpec(parsing: source))
      .load(from: DataFolders(allowsDownload: !offline), progress: DownloadReport().progress)
    for (part, data) in [("train", pair.train), ("test", pair.test)] { try write(data, pair.classNames, part) }
    Terminal.current().write(
      "Data: \(pair.origin)\nWritten: \(pair.train.count + pair.test.count) pictures to \(output)\n")
  }

  private func write(_ data: LabeledArrays, _ classNames: [String], _ part: String) throws {
    let shape = data.inputs.shape
    guard (3...4).contains(shape.count), shape.count == 3 || [1, 3].contains(shape[3]), data.inputs.dtype == .uint8,
      data.classCount != nil
    else {
      throw UsageError(
        "the inputs are \(data.inputs.dtype) \(shape), but pictures are uint8 [N, height, width] or "
          + "[N, height, width, 1 or 3], with classes")
    }
    let labels = try data.labels()
    let size = shape.dropFirst().reduce(1, *)
    let digits = "\(data.count)".count
    for (index, label) in labels.enumerated() {
      let name = classNames.indices.contains(Int(label)) ? classNames[Int(label)] : "\(label)"
      // A class may be called anything, a folder may not.
      let folder = try OutputFolder("\(output)/\(part)/\(name.replacing("/", with: "-"))")
      let number = String(repeating: "0", count: digits - "\(index)".count) + "\(index)"
      let image = try HostArray(
        dtype: .uint8, shape: Array(shape.dropFirst()),
        bytes: Array(data.inputs.bytes[index * size..<(index + 1) * size]))
      let path = folder.file("\(number).png")
      // The folder is new: files need not be replaced whole, which takes ten times as long.
      do { try Data(PNG.encode(image)).write(to: URL(fileURLWithPath: path)) } catch {
        throw UsageError("\(path) can't be written: \(error.localizedDescription)")
      }
    }
  }
}
