import Tanren

/// `tanren run` of an experiment in the place of a training: its numbers, its charts, and how to run it again.
struct ExperimentRun {
  private let configuration: RunConfiguration
  private let folders: DataFolders

  init(_ configuration: RunConfiguration, offline: Bool) {
    (self.configuration, folders) = (configuration, DataFolders(allowsDownload: !offline))
  }

  /// - Throws: what the experiment throws.
  func run(writingTo folder: OutputFolder, say: (String) -> Void) throws {
    var written = [try folder.write(configuration.yaml(), to: "configuration.yml")]
    let data = try Catalog<any DataSource>.all.make(configuration.data).load(from: folders, progress: nil)
    say("Data: \(data.origin)")
    let clock = ContinuousClock()
    let start = clock.now
    let result = try configuration.runExperiment(on: data)
    let seconds = NumberText.significant((clock.now - start) / .seconds(1))
    let values = result.metrics.map { "\($0.key) \(NumberText.significant($0.value))" }.joined(separator: ", ")
    say("\(configuration.experiment?.name ?? "") in \(seconds) s: \(values)")
    if !result.charts.isEmpty {
      let title = "\(configuration.experiment?.name ?? "") on \(data.name), seed \(configuration.seed)"
      written.append(try ExperimentFigures.write(result.charts, title: title, to: "charts.svg", in: folder))
    }
    say("Written: " + written.joined(separator: ", "))
  }
}
