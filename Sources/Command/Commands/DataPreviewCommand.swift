import ArgumentParser
import Foundation
import Tanren

/// `tanren data preview`.
struct DataPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw images of a data set with their classes, as SVG or PNG; print the first rows of a table.",
    discussion: """
      The name of the output file decides the format. PNG files show no classes. Rows of a table are printed as \
      the model gets them.

      Examples:
        tanren data preview
        tanren data preview fashionMNIST --count 200 --output clothes.svg
        tanren data preview cifar10 --columns 10
        tanren data preview 'syntheticDigits(seed: 7)' --test --output digits.png
        tanren data preview cifar10 --augment strong --columns 12
        tanren data preview 'images(path: photos)' --output contact-sheet.png
        tanren data preview 'table(path: wine.csv, target: cultivar)' --count 5
      """)

  @Argument(help: ArgumentHelp("Data set.", valueName: "data-set"))
  var source = "digits"

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of images.", valueName: "n"))
  var count: Int = 100

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of images per row.", valueName: "n"))
  var columns: Int = 20

  @Option(
    help: ArgumentHelp(
      "Augmentation to show, such as strong or '[basic, cutout]': each row begins with the original image.",
      valueName: "augmentation"))
  var augment: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Random seed for --augment.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Show test images instead of training images.")
  var test = false

  @Flag(help: "Never download data.")
  var offline = false

  @Option(help: ArgumentHelp("File to write, ending in .svg or .png.", valueName: "file"))
  var output = "out/preview.svg"

  func run() throws {
    guard (1...10_000).contains(count), (1...1000).contains(columns) else {
      throw UsageError(
        "--count must be between 1 and 10000 and --columns between 1 and 1000, not \(count) and \(columns)")
    }
    let isPNG = output.lowercased().hasSuffix(".png")
    guard isPNG || output.lowercased().hasSuffix(".svg") else {
      throw UsageError("--output is '\(output)', but must end in .svg or .png")
    }
    let pair = try Registry<any DataSource>.all.build(MethodSpec(parsing: source))
      .load(from: DataFolders(allowsDownload: !offline), progress: DownloadReport().progress)
    let data = test ? pair.test : pair.train
    if let rows = try pair.rowTable(of: data, count: count) {
      let terminal = Terminal.current()
      return terminal.write("Data: \(pair.origin)\n\n\(rows.text(colors: terminal.colors))")
    }
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
      ? "\(sheet.count) of \(data.count) images" : "\(sheet.count) images, the first of each row unaugmented"
    Terminal.current().write("Data: \(pair.origin)\nWritten: \(output), \(shown)\n")
  }

  /// The data itself, or rows of an image and its augmented copies.
  private func augmented(_ data: LabeledArrays) throws -> LabeledArrays {
    guard let augment else { return data }
    guard columns > 1 else {
      throw UsageError("--columns must be at least 2 with --augment: the first column shows the original image")
    }
    var options = Options(["augmentation": try OptionValue(parsing: augment, origin: "--augment")], origin: "--augment")
    let augmentations = try options.choices("augmentation", default: []).map {
      try Registry<any Augmentation>.all.build($0)
    }
    return try AugmentedRows(
      data, augmentations, rows: (count + columns - 1) / columns, columns: columns, seed: seed
    ).data
  }
}

/// Images of a data set, each followed by augmented copies.
struct AugmentedRows {
  let data: LabeledArrays

  /// - Throws: `AugmentationError` if an augmentation does not suit the images, `UsageError` unless they are bytes.
  init(
    _ data: LabeledArrays, _ augmentations: [any Augmentation], rows: Int, columns: Int, seed: UInt64
  ) throws {
    guard data.inputs.dtype == .uint8 else {
      throw UsageError("the inputs are \(data.inputs.dtype), but images must be uint8")
    }
    let pipeline = AugmentationPipeline(augmentations)
    try pipeline.check(ImageShape(of: data.inputs.shape))
    let rows = min(rows, data.count)
    let first = try data.prefix(rows)
    let source = (0..<rows * columns).map { Int32($0 / columns) }
    let images = Tensor(first.inputs).take(Tensor(source))
    let labels = try? first.labels()
    let targets = labels.map { labels in source.map { labels[Int($0)] } } ?? source
    let classes = data.classCount ?? rows
    // As in a training step: the second stage sees values from 0 to 1.
    var batch = ImageBatch(images: images, targets: Tensor(targets), classes: classes)
    let key = Key(seed: seed)
    batch = pipeline(batch, stage: .source, key: key)
    batch.images = Rescaling(dividingBy: 255)(batch.images, dtype: .float32)
    batch = pipeline(batch, stage: .prepared, key: key)
    let bytes = (batch.images * 255).rounded().clamped(to: 0...255).cast(to: .uint8)
    let isOriginal = Tensor((0..<rows * columns).map { $0 % columns == 0 })
      .reshape(to: Shape([rows * columns] + images.shape.dropFirst().map { _ in 1 }))
    let shown = try Tensor.select(isOriginal.broadcast(to: images.shape), images, bytes).hostArray()
    self.data = try LabeledArrays(inputs: shown, targets: HostArray(targets), classCount: classes)
  }
}

/// Images of a data set in a grid, one pixel apart.
struct ContactSheet {
  let image: HostArray
  let count: Int
  /// The class of each image; empty where none is shown.
  private let captions: [String]
  private let columns: Int
  /// Pixels from one image to the next.
  private let pitch: (x: Int, y: Int)

  /// - Parameters:
  ///   - classNames: classes without a name are shown by their number.
  ///   - areRowsAlike: whether all images of a row have one class, which is then shown once.
  /// - Throws: `UsageError` if the inputs are not images.
  init(_ data: LabeledArrays, classNames: [String] = [], count: Int, columns: Int, areRowsAlike: Bool = false) throws {
    let shape = data.inputs.shape
    let channels = shape.count == 4 ? shape[3] : 1
    guard (3...4).contains(shape.count), channels == 1 || channels == 3, data.inputs.dtype == .uint8,
      shape[1...2].allSatisfy({ (1...1024).contains($0) }), data.count > 0
    else {
      throw UsageError(
        "the inputs are \(data.inputs.dtype) \(shape), but images are uint8 [N, height, width] or "
          + "[N, height, width, 1 or 3]"
      )
    }
    let shown = min(count, data.count)
    let (height, width) = (shape[1], shape[2])
    let across = min(columns, shown)
    let pitch = (x: width + 1, y: height + 1)
    let rows = (shown + across - 1) / across
    let size = (width: across * pitch.x - 1, height: rows * pitch.y - 1)
    var pixels = [UInt8](repeating: 128, count: size.width * size.height * channels)
    let line = width * channels
    for index in 0..<shown {
      let (left, top) = (index % across * pitch.x, index / across * pitch.y)
      for y in 0..<height {
        let source = (index * height + y) * line
        let target = ((top + y) * size.width + left) * channels
        pixels.replaceSubrange(target..<target + line, with: data.inputs.bytes[source..<source + line])
      }
    }
    image = try HostArray(dtype: .uint8, shape: [size.height, size.width, channels], bytes: pixels)
    captions = ((try? data.labels()) ?? []).prefix(shown).enumerated().map { index, label in
      if areRowsAlike, index % across > 0 { return "" }
      return classNames.indices.contains(Int(label)) ? classNames[Int(label)] : "\(label)"
    }
    (self.count, self.columns, self.pitch) = (shown, across, pitch)
  }

  /// The sheet at twice its size, with the class in the corner of each image.
  func svg(title: String) throws -> String {
    let scale = 2
    let size = (width: image.shape[1] * scale, height: image.shape[0] * scale)
    let data = Data(try PNG.encode(image)).base64EncodedString()
    let texts = captions.enumerated().filter { !$0.element.isEmpty }.map { index, caption in
      let (x, y) = (index % columns * pitch.x * scale + 3, (index / columns + 1) * pitch.y * scale - 5)
      return "<text x=\"\(x)\" y=\"\(y)\">\(Markup.escaped(caption))</text>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size.width)" height="\(size.height)" viewBox="0 0 \(size.width) \
      \(size.height)" role="img">
      <title>\(Markup.escaped(title))</title>
      <image width="\(size.width)" height="\(size.height)" style="image-rendering: pixelated" \
      href="data:image/png;base64,\(data)"/>
      <g font-family="system-ui, sans-serif" font-size="11" paint-order="stroke" stroke="#000" stroke-opacity="0.6" stroke-width="2" fill="#ff9d3c">
      \(texts.joined(separator: "\n"))
      </g>
      </svg>

      """
  }
}
