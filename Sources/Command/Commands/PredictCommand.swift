import ArgumentParser
import Tanren

/// `tanren predict`: a saved model on new records.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict classes or values for new records, or go on with a series, with a saved model.",
    discussion: """
      Files are read as the training data were: pictures and folders of them, rows of tables by their columns' names, steps \
      of series, arrays in NPY files, or in the member x of NPZ files. The table is CSV: name, class and the probability of \
      each class, or name and each predicted value.

      A reservoir that an experiment has fitted predicts from each step of a series in CSV or NPY files, beginning at rest. \
      With --generate it goes on by itself: from where it was saved, or after the series in a file. Several reservoirs, \
      trained alike with other seeds, give the median of what they predict, and the bounds between which the middle part of \
      them lies.

      Examples:
        tanren predict out/run/model.safetensors new.npy
        tanren predict out/run/model.safetensors new.csv --output predictions.csv
        tanren predict out/run/best.safetensors a.npz b.npz --output predictions.csv
        tanren predict out/wave/model.safetensors sensor.csv --output predictions.csv
        tanren predict out/wave/model.safetensors --generate 500 --output on.csv
        tanren predict a.safetensors --generate 500 --with b.safetensors
        tanren predict out/photos/best.safetensors new-photos kitten.jpg
        tanren predict out/photos/best.safetensors archive --memory 2G --output a.csv
      """)

  @Argument(help: ArgumentHelp("File that tanren run has saved.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("Files with the records to predict.", valueName: "files"))
  var files: [String] = []

  @Option(help: ArgumentHelp("CSV file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of records computed at once.", valueName: "n"))
  var batchSize: Int = 1000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps that a reservoir goes on by itself, after a file's series if there is one.", valueName: "n"))
  var generate: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Further reservoirs, which predict the same: the table has medians and bounds.", valueName: "models"))
  var with: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Part of the reservoirs' predictions that lies between the bounds.", valueName: "part"))
  var level: Double = 0.9

  @OptionGroup var limits: MemoryOptions
  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    guard (1...10_000_000).contains(batchSize) else {
      throw UsageError("--batch-size is \(batchSize), but must be between 1 and 10000000")
    }
    guard (0...1).contains(level) else { throw UsageError("--level is \(level), but must be between 0 and 1") }
    let file = try ModelFile(contentsOf: model)
    try device.start()
    let (predictions, notes) =
      file.kind == .reservoir ? try bandPredictions(file) : try networkPredictions(file)
    for note in notes { Terminal.current(.standardError).write("Note: \(note)\n") }
    let table = try predictions.table().csv()
    guard let output else { return Terminal.current().write(table) }
    try OutputFolder.write(table, to: output)
    Terminal.current().write("Written: \(output), \(NumberText.count(predictions.names.count, "prediction"))\n")
  }

  private func networkPredictions(_ file: ModelFile) throws -> (Predictions, notes: [String]) {
    guard generate == nil, with.isEmpty else {
      throw UsageError("\(generate == nil ? "--with" : "--generate") is for reservoirs, but \(model) holds a network")
    }
    guard !files.isEmpty else { throw UsageError("give files with the records to predict") }
    return try TrainedModel(file).predict(
      files: files, batchSize: batchSize, memory: limits.memory?.bytes)
  }

  private func bandPredictions(_ file: ModelFile) throws -> (Predictions, notes: [String]) {
    let first = try reservoirPredictions(file)
    guard !with.isEmpty else { return first }
    let others = try with.map { try reservoirPredictions(ModelFile(contentsOf: $0)).0 }
    return (try Predictions(bandOf: [first.0] + others, level: level), first.notes)
  }

  private func reservoirPredictions(_ file: ModelFile) throws -> (Predictions, notes: [String]) {
    guard limits.memory == nil else {
      throw UsageError("--memory is for networks, but \(model) holds a reservoir, whose series is in memory")
    }
    let model = try ReservoirModel(file)
    guard let generate else {
      guard !files.isEmpty else { throw UsageError("give files with a series to predict from, or --generate") }
      return try model.predict(files: files)
    }
    guard files.count < 2 else { throw UsageError("--generate takes one file at most, whose series it goes on with") }
    guard (1...100_000_000).contains(generate) else {
      throw UsageError("--generate is \(generate), but must be between 1 and 100000000")
    }
    return (try model.generate(steps: generate, afterFile: files.first), [])
  }
}
