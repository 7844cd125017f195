import ArgumentParser
import Tanren

/// `tanren evaluate`: a saved model on test data.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compute a saved model's metrics on test data.",
    discussion: """
      Without settings, the test data are those of the run that trained the model. Another data set must have the same \
      inputs and classes; its training data aren't used.

      Examples:
        tanren evaluate out/run/model.safetensors
        tanren evaluate out/run/best.safetensors data='npz(path: new.npz)'
        tanren evaluate out/run/best.safetensors metrics='[accuracy, topKAccuracy]'
        tanren evaluate out/photos/best.safetensors --memory 2G
      """)

  @Argument(help: ArgumentHelp("File that tanren run has saved.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("Another data set, other metrics: data=…, metrics=….", valueName: "key=value"))
  var settings: [String] = []

  @OptionGroup(title: "Device options") var device: DeviceOptions

  @OptionGroup var limits: MemoryOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Flag(help: "Print the metrics only.")
  var quiet = false

  func run() throws {
    let terminal = Terminal.current()
    func say(_ text: String) { if !quiet { terminal.write(text + "\n") } }
    var file = try ModelFile(contentsOf: model)
    let other = settings.first { !$0.hasPrefix("data=") && !$0.hasPrefix("data.") && !$0.hasPrefix("metrics=") }
    if let other { throw UsageError("'\(other)' is no setting of an evaluation: write data=… or metrics=…") }
    file.configuration = try file.configuration.overridden(by: settings)
    try device.start()
    let trained = try TrainedModel(file)
    say("Model: \(SavedModelText(file).line)")
    let data = try OpenedData(
      file.configuration.source(), named: file.configuration.data.name, folders: DataFolders(allowsDownload: !offline),
      progress: quiet ? nil : DownloadReport().progress, memory: limits.memory?.bytes)
    say("Data: \(data.description), \(NumberText.count(data.test.count, "test example"))")
    let values = try trained.evaluate(data)
    let width = values.keys.map(\.count).max() ?? 0
    for (name, value) in values {
      terminal.write(name + String(repeating: " ", count: width - name.count + 2) + "\(value.plainText)\n")
    }
  }
}

/// A saved model in a line.
struct SavedModelText {
  private let file: ModelFile

  init(_ file: ModelFile) { self.file = file }

  var line: String {
    let epoch = file.epoch.map { ", epoch \($0.epoch) of \($0.epochs)" } ?? ""
    return "\(file.configuration.model) trained on \(file.data.name)\(epoch)"
  }
}
