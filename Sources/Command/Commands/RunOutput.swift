import Tanren

/// The files of a run. Configuration and logs exist from the start, so that an interrupted run keeps them.
struct RunFiles {
  let logs: [any Callback]
  /// The paths of the files that exist so far.
  let written: [String]
  private let folder: OutputFolder

  init(_ folder: OutputFolder, _ configuration: RunConfiguration) throws {
    self.folder = folder
    let resolved = try folder.write(configuration.yaml(), to: "configuration.yml")
    let (csv, lines) = (folder.file("history.csv"), folder.file("history.jsonl"))
    logs = [try CSVLog(path: csv), try JSONLinesLog(path: lines)]
    written = [resolved, csv, lines]
  }

  /// Saves the best model whenever it gets better, and the last one.
  func models(of run: Run) -> ModelSaver {
    ModelSaver(run, last: folder.file("model.safetensors"), best: folder.file("best.safetensors"))
  }

  /// Draws the learning curves.
  /// - Returns: the path of the file.
  func writeCurves(_ history: History, of run: Run) throws -> String {
    let grid = HistoryCurves(history, title: "\(run.configuration.model) on \(run.data.name)").grid()
    return try folder.write(grid.svg(), to: "curves.svg")
  }

  /// Writes the page: curves, confusion, and the worst mistakes.
  /// - Returns: the path of the file.
  func writePage(_ history: History, of run: Run, trainedBy trainer: Trainer) throws -> String {
    let facts = try RunFacts(run, trainedBy: trainer, history: history)
    return try folder.write(RunPage(facts).text, to: "report.html")
  }
}

/// The outcome of a run in one or two lines.
struct RunReport {
  private let history: History
  private let configuration: RunConfiguration

  init(_ history: History, of configuration: RunConfiguration) {
    (self.history, self.configuration) = (history, configuration)
  }

  var text: String {
    guard let last = history.epochs.last else { return "No epoch was trained." }
    let values = last.metrics.map { "\($0.key) \(NumberText.significant($0.value))" }.joined(separator: ", ")
    var lines = [
      "\(NumberText.count(last.epoch, "epoch")) in \(NumberText.duration(history.seconds)): \(values)"
    ]
    let metric = configuration.bestMetric(among: last.metrics.keys)
    if let metric, let best = metric.bestEpoch(of: history), best.epoch != last.epoch, let value = best[metric.name] {
      lines[0] += " (best \(metric.name) \(NumberText.significant(value)), epoch \(best.epoch))"
    }
    if let reason = history.stopReason { lines.append("Stopped early: \(reason)") }
    if last.metrics.values.contains(where: { !$0.isFinite }) {
      lines.append("Training diverged: some metrics are not finite. A smaller learning rate often helps.")
    }
    return lines.joined(separator: "\n")
  }
}

/// `tanren run` of an experiment: its metrics, its charts, and the configuration that repeats it.
struct ExperimentRun {
  private let configuration: RunConfiguration
  private let folders: DataFolders

  init(_ configuration: RunConfiguration, offline: Bool) {
    (self.configuration, folders) = (configuration, DataFolders(allowsDownload: !offline))
  }

  /// - Throws: the errors of the experiment.
  func run(writingTo folder: OutputFolder, say: (String) -> Void) throws {
    var written = [try folder.write(configuration.yaml(), to: "configuration.yml")]
    let data = try configuration.source().load(from: folders, progress: nil)
    say("Data: \(data.origin)")
    if let warning = try configuration.experimentWarning() {
      Terminal.current(.standardError).write("Warning: \(warning)\n")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let result = try configuration.runExperiment(on: data)
    let duration = NumberText.duration((clock.now - start) / .seconds(1))
    let values = result.metrics.map { "\($0.key) \(NumberText.significant($0.value))" }.joined(separator: ", ")
    say("\(configuration.experiment?.name ?? "") in \(duration): \(values)")
    if !result.charts.isEmpty {
      let title = "\(configuration.experiment?.name ?? "") on \(data.name), seed \(configuration.seed)"
      written.append(try ExperimentFigures.write(result.charts, title: title, to: "charts.svg", in: folder))
    }
    if let fitted = result.fitted {
      let path = folder.file("model.safetensors")
      try ModelFile(fitted, of: configuration, data).write(to: path)
      written.append(path)
    }
    say("Written: " + written.joined(separator: ", "))
  }
}

extension Run {
  /// The layers of the model for the data of this run.
  /// - Throws: `Diagnostic` with the path of the layer whose shapes do not match.
  func layerSummary() throws -> LayerSummary {
    let model = try model()
    let shape = Shape([configuration.batchSize] + data.train.inputs.shape.dropFirst())
    let method = try configuration.method()
    return try model.layerSummary(for: TensorType(configuration.dtype, shape), isTrained: method.isTrained)
  }

  /// The number of programs to divide an epoch into, so that the progress bar moves about ten times per second.
  ///
  /// The duration of an epoch is unknown before the first one, so it is estimated from the work: six operations per
  /// parameter, position and example, on a machine with a few cores. An error by a factor of a few does no harm: the
  /// bar limits how often it is drawn, and each additional program costs microseconds.
  func chunksForProgress(_ layers: LayerSummary) -> Int {
    let perExample = layers.rows.reduce(0.0) { sum, row in
      // The axes between batch and channels are the positions at which a layer applies its parameters.
      let positions = row.output.dropFirst().dropLast().reduce(1, *)
      return sum + 6 * Double(row.trainableCount) * Double(positions)
    }
    let examples = min(configuration.examples ?? Int.max, opened.train.count)
    let seconds = perExample * Double(examples) / 60e9
    return max(1, min(100, Int(seconds / 0.1)))
  }
}
