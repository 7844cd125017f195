import ArgumentParser
import Tanren

/// `tanren study soup`: the mean of the weights of a study's runs, chosen on held-out data.
struct StudySoupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soup",
    abstract: "Average the weights of a study's runs greedily, chosen on held-out training data.",
    discussion: """
      The best run begins; each next one joins unless the mean of their weights becomes worse (greedy model soups). It helps \
      where runs began with the same weights and differ in settings: fine-tuning. The study's runs must have been trained with \
      --keep-checkpoints on data: heldOut(data: …), since what a soup is chosen on can't also say how good it is. --test \
      evaluates once, on the test data, which nothing was chosen on.

      Examples:
        tanren study run finetuning.yml data='heldOut(data: cifar10)' --keep-checkpoints
        tanren study soup finetuning --output out/soup.safetensors --test
      """)

  @Argument(help: ArgumentHelp("Name of the study. (default: the only one in the store)", valueName: "study"))
  var study: String?

  @Option(help: ArgumentHelp("Runs of this arm only. (default: of all)", valueName: "name"))
  var arm: String?

  @Option(help: ArgumentHelp("Where the soup is written, as a model.", valueName: "file"))
  var output: String?

  @Flag(help: "Evaluate the soup, the best run and the mean of all runs on the test data.")
  var test = false

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Device options") var device: DeviceOptions

  @Flag(help: "Never download data.")
  var offline = false

  func run() throws {
    let terminal = Terminal.current()
    let results = try store.open(.read).results(of: try store.open(.read).study(study))
    let plan = results.study.plan
    let prefix = "val_"
    guard plan.metric.name.hasPrefix(prefix) else {
      throw UsageError("the study is compared by '\(plan.metric.name)', which isn't a metric of validation data")
    }
    let metric = PrimaryMetric(String(plan.metric.name.dropFirst(prefix.count)), better: plan.metric.better)
    let runs = try SoupRuns(results, arm: arm)
    try device.start()
    let folders = DataFolders(allowsDownload: !offline)
    let progress = DownloadReport().progress
    let data = try OpenedData(runs.source, named: "heldOut", folders: folders, progress: progress)
    let files = try runs.models(on: data)
    func score(_ file: ModelFile) throws -> Double { try TrainedModel(file).evaluate(data)[metric.name] ?? .nan }
    let soup = try ModelSoup(files, metric: metric, score: score)
    let count = NumberText.count(data.pair.test.count, "held-out training example")
    terminal.write("\(metric.name) on \(count), which chose the soup: too good to be reported as its quality\n")
    terminal.write(table(soup, runs).text(colors: terminal.colors))
    let names = NumberText.count(soup.members.count, "run")
    terminal.write("Soup of \(names) of \(files.count): \(soup.score.plainText)\n")
    if let output {
      try soup.file.write(to: output)
      terminal.write("Model: \(output)\n")
    }
    guard test else { return }
    let whole = try OpenedData(runs.source.data, named: "test data", folders: folders, progress: progress)
    terminal.write("On \(NumberText.count(whole.pair.test.count, "test example")), which nothing was chosen on:\n")
    let best = soup.members.first.map { files[$0] } ?? soup.file
    for (name, file) in [("soup", soup.file), ("best run", best), ("mean of all", try ModelSoup.mean(files))] {
      let value = try TrainedModel(file).evaluate(whole)[metric.name] ?? .nan
      terminal.write("  \(name): \(metric.name) \(value.plainText)\n")
    }
  }

  private func table(_ soup: ModelSoup, _ runs: SoupRuns) -> TextTable {
    var table = TextTable([
      "arm", TableColumn("seed", .right), TableColumn("alone", .right), TableColumn("soup with it", .right), "kept",
    ])
    for trial in soup.trials {
      let run = runs.runs[trial.index]
      table.append([
        TableCell(run.arm), TableCell("\(run.seed)"), TableCell(trial.ownScore.plainText),
        TableCell(trial.soupScore?.plainText ?? "–"), TableCell(trial.isKept ? "yes" : "no"),
      ])
    }
    return table
  }
}

/// The runs of a study whose weights were kept.
private struct SoupRuns {
  let runs: [StoredRun]
  /// The data of all of them.
  let source: HeldOutSource
  private let configurations: [RunConfiguration]

  init(_ results: StudyResults, arm: String?) throws {
    let chosen = results.finalRuns.filter { run in run.state == .done && (arm.map { $0 == run.arm } ?? true) }
    if let arm, chosen.isEmpty {
      throw ConfigurationError.unknownName(
        kind: "arm with finished runs", name: arm, known: Array(Set(results.finalRuns.map(\.arm))).sorted(),
        origin: "--arm")
    }
    runs = chosen.filter { run in run.artifacts.contains { $0.kind == "checkpoint" } }
    guard !runs.isEmpty else {
      throw UsageError(
        "no finished run of study '\(results.study.name)' has kept its weights: train it with "
          + "'tanren study run --keep-checkpoints'")
    }
    configurations = try runs.map { try RunConfiguration(canonicalText: $0.configuration, source: $0.id) }
    guard let first = configurations.first, let source = try first.source() as? HeldOutSource else {
      throw UsageError(
        "the validation data of study '\(results.study.name)' are its test data, which a soup can't be chosen on and "
          + "judged by: train it with data: heldOut(data: …)")
    }
    guard configurations.allSatisfy({ $0.data == first.data }) else {
      throw UsageError("the runs have different data: choose those of one arm with --arm")
    }
    self.source = source
  }

  /// The models of the runs as they were after their last epochs.
  func models(on data: OpenedData) throws -> [ModelFile] {
    try zip(runs, configurations).map { stored, configuration in
      let run = Run(configuration, data)
      let trainer = try run.trainer().trainer
      let path = stored.artifacts.first { $0.kind == "checkpoint" }?.path ?? ""
      guard let checkpoint = try CheckpointFolder(path).latest() else {
        throw UsageError("the weights of run \(stored.id.prefix(12)) are no longer in \(path)")
      }
      try trainer.restore(checkpoint)
      return try ModelFile(trainer, of: run, after: trainer.history.epochs.last)
    }
  }
}
