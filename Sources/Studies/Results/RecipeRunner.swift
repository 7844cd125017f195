import Foundation

/// Runs a recipe's arms for some seeds, and writes each epoch to disk as it ends.
public struct RecipeRunner {
  public let recipe: any Recipe
  public let arms: [Arm]
  public let seeds: [Int]
  /// Settings that replace the arms' own: `epochs`, `data`, ….
  public var overrides: [String: String]
  /// The folder that gets a CSV file a run.
  public let output: String

  /// - Parameters:
  ///   - names: the arms to run, the recipe's default arms if there are none.
  ///   - seeds: the recipe's first seed if there are none.
  /// - Throws: `ConfigurationError` for an arm that isn't there.
  public init(
    _ recipe: any Recipe, arms names: [String] = [], seeds: [Int] = [], overrides: [String: String] = [:], output: String
  ) throws(ConfigurationError) {
    self.recipe = recipe
    arms = try recipe.arms(named: names.isEmpty ? recipe.defaultArms : names)
    self.seeds = seeds.isEmpty ? [recipe.firstSeed] : seeds
    self.overrides = overrides
    self.output = output
  }

  /// What a run is, before it begins.
  public struct Announcement: Sendable {
    public let index: Int
    public let count: Int
    public let arm: Arm
    public let seed: Int
    public let configuration: RunConfiguration
    /// Where the data came from.
    public let origin: String
  }

  /// Runs everything; seeds are the outer loop, so that an interrupted run has compared something.
  /// - Parameters:
  ///   - callbacks: made anew for each run.
  ///   - finished: told each run's history.
  /// - Throws: `ConfigurationError`, `DatasetError`, `TrainingError`, `EngineError`, `Diagnostic`.
  public func run(
    folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil,
    callbacks: (Announcement) -> [any Callback] = { _ in [] },
    finished: (Announcement, History) throws -> Void = { _, _ in }
  ) throws -> [ArmResult] {
    var results = arms.map { ArmResult($0) }
    var loaded: [Choice: DatasetPair] = [:]
    var resident: [ResidentKey: ResidentPair] = [:]
    // All configurations first: a mistake in the last arm shouldn't cost the first one's time.
    let plan = try seeds.flatMap { seed in
      try arms.indices.map { index in
        (index, seed, try arms[index].configuration(base: recipe.base, seed: seed, overrides: overrides))
      }
    }
    for (number, (index, seed, configuration)) in plan.enumerated() {
      let key = ResidentKey(data: configuration.data, examples: configuration.examples)
      let data =
        try loaded[key.data] ?? Catalog<any DataSource>.all.make(key.data).load(from: folders, progress: progress)
      let pair = try resident[key] ?? ResidentPair(data, examples: key.examples)
      (loaded[key.data], resident[key]) = (data, pair)
      let announcement = Announcement(
        index: number, count: plan.count, arm: arms[index], seed: seed, configuration: configuration,
        origin: data.origin)
      let log = try CSVLog(path: path("\(arms[index].name)-seed\(seed).csv"))
      let run = Run(configuration, data: data)
      let history = try run.train(on: pair, callbacks: [log] + callbacks(announcement)).history
      results[index].runs.append((seed, history))
      try finished(announcement, history)
    }
    return results
  }

  /// What decides which data are on the device.
  private struct ResidentKey: Hashable {
    let data: Choice
    let examples: Int?
  }

  /// A file in the output folder.
  public func path(_ name: String) -> String { output + "/" + name }
}
