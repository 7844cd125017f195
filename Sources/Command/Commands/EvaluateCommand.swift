import ArgumentParser
import Tanren

/// `tanren evaluate`: a saved model on test data.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compute a saved model's metrics on test data.",
    discussion: """
      Without settings, the test data are those of the run that trained the model. Other tables, series and pictures are \
      prepared by the statistics, categories and classes of its training data, and evaluated on as a whole unless settings \
      such as test, split or fraction divide them. Other data sets must have the same inputs and classes; their training \
      data aren't used. A reservoir reports what its experiment does.

      Examples:
        tanren evaluate out/run/model.safetensors
        tanren evaluate out/run/best.safetensors data='npz(path: new.npz)'
        tanren evaluate out/model.safetensors data='table(path: new.csv, target: y)'
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
    try device.start()
    say("Model: \(SavedModelText(file).line)")
    let data = try EvaluationData(
      for: file, settings: settings, from: DataFolders(allowsDownload: !offline),
      progress: quiet ? nil : DownloadReport().progress, memory: limits.memory?.bytes)
    say("Data: \(data.origin), \(NumberText.count(data.testCount, "test example"))")
    file.configuration = try file.configuration.overridden(by: settings)
    let values =
      file.kind == .reservoir ? try ReservoirModel(file).evaluate(data) : try TrainedModel(file).evaluate(data)
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
    let model = file.configuration.experiment ?? file.configuration.model
    return "\(model) trained on \(file.data.name)\(epoch)"
  }
}
