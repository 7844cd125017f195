import ArgumentParser
import Tanren

/// `tanren predict`: a saved model on new records.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict classes or values for new records with a saved model.",
    discussion: """
      Files are read as the training data were: rows of tables by their columns' names, steps of series, arrays in NPY \
      files, or in the member x of NPZ files. The table is CSV: \
      name, class and the probability of each class, or name and each predicted value.

      Examples:
        tanren predict out/run/model.safetensors new.npy
        tanren predict out/run/model.safetensors new.csv --output predictions.csv
        tanren predict out/run/best.safetensors a.npz b.npz --output predictions.csv
      """)

  @Argument(help: ArgumentHelp("File that tanren run has saved.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("Files with the records to predict.", valueName: "files"))
  var files: [String]

  @Option(help: ArgumentHelp("CSV file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of records computed at once.", valueName: "n"))
  var batch: Int = 1000

  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    guard (1...10_000_000).contains(batch) else {
      throw UsageError("--batch is \(batch), but must be between 1 and 10000000")
    }
    let file = try ModelFile(contentsOf: model)
    try device.start()
    let (predictions, notes) = try TrainedModel(file).predict(files: files, batchSize: batch)
    for note in notes { Terminal.current(.standardError).write("Note: \(note)\n") }
    let table = try predictions.table().csv()
    guard let output else { return Terminal.current().write(table) }
    try OutputFolder.write(table, to: output)
    Terminal.current().write("Written: \(output), \(NumberText.count(predictions.names.count, "prediction"))\n")
  }
}
