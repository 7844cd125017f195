import ArgumentParser
import Foundation
import Tanren

/// `tanren data preview`.
struct DataPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draws some images of a data set, with their classes, as SVG or PNG.",
    discussion: """
      The file's name decides the format; PNG has no room for the classes.

      Examples:
        tanren data preview
        tanren data preview fashionMNIST --count 200 --output clothes.svg
        tanren data preview cifar10 --columns 10
        tanren data preview 'syntheticDigits(seed: 7)' --test --output digits.png
        tanren data preview cifar10 --augment strong --columns 12
      """)

  @Argument(help: ArgumentHelp("The data set.", valueName: "source"))
  var source = "digits"

  @Option(parsing: .unconditional, help: ArgumentHelp("How many images.", valueName: "n"))
  var count: Int = 100

  @Option(parsing: .unconditional, help: ArgumentHelp("How many of them in a row.", valueName: "n"))
  var columns: Int = 20

  @Option(
    help: ArgumentHelp(
      "Augment: each row shows an image and what training makes of it. strong, '[basic, cutout]', …",
      valueName: "augmentation"))
  var augment: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Decides what --augment draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Show test data instead of training data.")
  var test = false

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Option(help: ArgumentHelp("The file, ending in .svg or .png.", valueName: "file"))
  var output = "out/preview.svg"

  func run() throws {
    guard (1...10_000).contains(count), (1...1000).contains(columns) else {
      throw UsageError("--count must be from 1 to 10000 and --columns from 1 to 1000, not \(count) and \(columns)")
    }
    let isPNG = output.lowercased().hasSuffix(".png")
    guard isPNG || output.lowercased().hasSuffix(".svg") else {
      throw UsageError("--output is '\(output)', but must end in .svg or .png")
    }
    let pair = try Catalog<any DataSource>.all.make(Choice(parsing: source))
      .load(from: DataFolders(allowsDownload: !offline), progress: DownloadReport().progress)
    let data = test ? pair.test : pair.train
    let sheet = try ContactSheet(
      augmented(data), classNames: pair.classNames, count: count, columns: columns, areRowsAlike: augment != nil)
    if isPNG {
      let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
      try PNG.write(sheet.image, to: OutputFolder(folder).file(URL(fileURLWithPath: output).lastPathComponent))
    } else {
      try OutputFolder.write(sheet.svg(title: pair.name), to: output)
    }
    let shown =
      augment == nil
      ? "\(sheet.count) of \(data.count) images" : "\(sheet.count) images, the first of each row as it is"
    Terminal.current().write("Data: \(pair.origin)\nWritten: \(output), \(shown)\n")
  }

  /// The data as it is, or rows of an image and what augmentation makes of it.
  private func augmented(_ data: LabeledArrays) throws -> LabeledArrays {
    guard let augment else { return data }
    guard columns > 1 else {
      throw UsageError("--columns must be 2 or more with --augment: the first shows the image as it is")
    }
    var options = Options(["augmentation": try OptionValue(parsing: augment, origin: "--augment")], origin: "--augment")
    let augmentations = try options.choices("augmentation", default: []).map {
      try Catalog<any Augmentation>.all.make($0)
    }
    return try AugmentedRows(
      data, augmentations, rows: (count + columns - 1) / columns, columns: columns, seed: seed
    ).data
  }
}
