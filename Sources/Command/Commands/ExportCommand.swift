import ArgumentParser
import Tanren

extension ExportFormat: ExpressibleByArgument {}

/// `tanren export`: a saved model for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a saved model, or its weights, for other programs.",
    discussion: """
      onnx has the whole computation for batches of any size; stablehlo has it for batches of one size, with the weights \
      in a second file. Both begin with the preprocessing of the training data. torch and keras have the weights with \
      the names and layouts of these libraries, npz has them with Tanren's, as arrays of NumPy.

      Examples:
        tanren export out/run/model.safetensors
        tanren export out/run/best.safetensors --format torch
        tanren export out/run/model.safetensors --format stablehlo --batch-size 8
      """)

  @Argument(help: ArgumentHelp("File that tanren run has saved.", valueName: "model"))
  var model: String

  @Option(help: "Format.")
  var format = ExportFormat.onnx

  @Option(help: ArgumentHelp("File to write. (default: beside the model, under its name)", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("batch-size"), parsing: .unconditional,
    help: ArgumentHelp("Size of batches. (default: any for onnx, 1 for stablehlo)", valueName: "n"))
  var batch: Int?

  @Flag(help: "Leave out preprocessing: inputs are then what it gives.")
  var withoutPreprocessing = false

  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    if let batch {
      guard (1...10_000_000).contains(batch) else {
        throw UsageError("--batch-size is \(batch), but must be between 1 and 10000000")
      }
      guard format.isProgram else {
        throw UsageError("--batch-size is for onnx and stablehlo: weights have no batches")
      }
    }
    guard format.isProgram || !withoutPreprocessing else {
      throw UsageError("--without-preprocessing is for onnx and stablehlo: weights have no preprocessing")
    }
    let path = output ?? standardOutput
    guard path != model else { throw UsageError("\(path) is the model itself: choose another --output") }
    let file = try ModelFile(contentsOf: model)
    try device.start()
    let whole = try InferenceModel(TrainedModel(file))
    let exported = withoutPreprocessing ? try whole.withoutPreprocessing() : whole
    let written = try exported.export(format, to: path, batchSize: batch)
    let terminal = Terminal.current()
    terminal.write("Model: \(SavedModelText(file).line)\n")
    if format.isProgram {
      let size = batch.map(String.init) ?? (format == .onnx ? "N" : "1")
      let shape = ([size] + exported.inputs.shape.dropFirst().map(String.init)).joined(separator: ", ")
      terminal.write("Input: \(exported.inputs.dtype) [\(shape)]\n")
      terminal.write("Results: \(exported.resultNames.joined(separator: ", "))\n")
    }
    terminal.write("Written: \(written.joined(separator: ", "))\n")
  }

  /// The model's name with another ending.
  private var standardOutput: String {
    let ending = ".safetensors"
    return (model.hasSuffix(ending) ? String(model.dropLast(ending.count)) : model) + format.suffix
  }
}
