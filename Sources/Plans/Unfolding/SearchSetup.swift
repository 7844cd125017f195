import Configuration
import Search

/// What the searches of a plan's arms share.
struct SearchSetup {
  let search: SettingSearch
  let sampler: any Sampler
  /// nil where every trial is trained to its end.
  let pruner: (any Pruner)?
  let judge: TrialJudge
  /// Seeds that the plan has none of.
  private let seeds: [Int]

  /// - Parameter workload: that of the arms; nil for a plan without workloads.
  /// - Throws: `ConfigurationError` for a search that the plan's arms can't have.
  init(_ search: SettingSearch, _ plan: StudyPlan, _ workload: Workload?) throws(ConfigurationError) {
    self.search = search
    sampler = try Registry<any Sampler>.all.build(search.sampler)
    let pruner = try Registry<any Pruner>.all.build(search.pruner)
    self.pruner = pruner is NoPruner ? nil : pruner
    let target: Double?
    switch search.judge.target {
    case nil: target = nil
    case .value(let value): target = value
    case .first:
      target = workload?.target ?? plan.targets.first
      guard target != nil else {
        throw .invalid(
          message: "trials are judged by the time to a target, but the plan has none: write 'targets: [0.95]', or "
            + "'judgedBy: heldOut(target: 0.95)'", origin: search.origin)
      }
    }
    judge = TrialJudge(metric: workload?.metric ?? plan.metric, target: target)
    let own = Set(plan.seeds)
    seeds = Array(
      (SettingSearch.firstSeed...).lazy.filter { !own.contains($0) }.prefix(search.repeats * search.studies))
    try check(plan)
  }

  /// The seeds of the trials of a study.
  func seeds(of study: Int) -> ArraySlice<Int> {
    seeds[study * search.repeats..<(study + 1) * search.repeats]
  }

  /// The number of a draw of a study. Those of the studies take turns, since there may be any number of them.
  func number(of index: Int, _ study: Int) -> Int { 1 + index * search.studies + study }

  /// The draw that a number stands for.
  func index(of number: Int) -> Int { (number - 1) / search.studies }

  /// - Throws: `ConfigurationError` for more settings than the sampler can choose.
  func space(_ dimensions: [SearchSpace.Dimension]) throws(ConfigurationError) -> SearchSpace {
    do throws(SearchError) {
      if let limit = sampler.settingLimit, dimensions.count > limit {
        throw .tooManySettings(sampler: search.sampler.name, limit: limit, found: dimensions.count)
      }
      return try SearchSpace(dimensions)
    } catch { throw error.configurationError(at: search.origin) }
  }

  /// The values of a draw.
  /// - Parameter history: the trials that it needs.
  func draw(
    _ index: Int, of study: Int, in space: SearchSpace, _ history: [TrialResult]
  ) throws(ConfigurationError) -> [OptionValue] {
    do throws(SearchError) {
      return try sampler.values(of: index, in: space, seed: UInt64(search.seed + study), history: history)
    } catch { throw error.configurationError(at: search.origin) }
  }

  /// When the trials of an arm are compared; none where they all train to their end.
  /// - Throws: `ConfigurationError` for a metric that is recorded once, and for too few epochs.
  func brackets(of arm: ExpandedArm) throws(ConfigurationError) -> [Bracket] {
    guard let pruner, case .trials(let count) = search.budget else { return [] }
    guard arm.configuration.experiment == nil else {
      throw .invalid(
        message: "'prune' compares trials after some epochs, but '\(judge.metric.name)' of '\(arm.name)' is recorded "
          + "once, at the end: write 'prune: none'", origin: search.origin)
    }
    do throws(SearchError) {
      return try pruner.brackets(trials: count, epochs: arm.configuration.epochs)
    } catch { throw error.configurationError(at: search.origin) }
  }

  /// Where each seed tests on another part of the data, what one seed holds out for trials is what another tests on.
  func checkDivision(of arm: ExpandedArm) throws(ConfigurationError) {
    guard arm.followsSeed else { return }
    let other = try arm.configuration(with: [], seed: 1).data
    if try arm.configuration.data.markingSeed(whereUnlike: other).dividesBySeed {
      throw .invalid(
        message:
          "each seed of '\(arm.name)' tests on another part of the data, so trials would be judged by examples of "
          + "other seeds' test sets: give 'fold' or 'seed' of the data a number", origin: search.origin)
    }
  }

  private func check(_ plan: StudyPlan) throws(ConfigurationError) {
    if search.studies > plan.seeds.count {
      throw .invalid(
        message: "the search has \(search.studies) studies, whose results the seeds take turns with, but the plan has "
          + "only \(plan.seeds.count) \(plan.seeds.count == 1 ? "seed" : "seeds")", origin: search.origin)
    }
    let arms = plan.arms.map(\.name)
    for own in search.armSpaces where !arms.contains(own.arm) {
      throw .unknownName(kind: "arm", name: own.arm, known: arms, origin: own.origin)
    }
    let varied = Set(plan.grid.filter { $0.values.count > 1 }.map(\.path.presentSetting))
    for axis in search.space + search.armSpaces.flatMap(\.axes) {
      let (path, key) = (axis.path, axis.path.prefix { $0 != "." })
      guard !["seed", "data", "examples"].contains(key), path != "experiment" else {
        throw .invalid(
          message: "'\(axis.path)' is no setting to search: trials with other data can't be compared",
          origin: axis.origin)
      }
      guard !varied.contains(path) else {
        throw .invalid(
          message: "'\(axis.path)' is an axis of the grid and of the search: leave it out of one of them",
          origin: axis.origin)
      }
    }
    if pruner != nil { try checkPruning() }
  }

  private func checkPruning() throws(ConfigurationError) {
    guard case .trials = search.budget else {
      throw .invalid(
        message: "'prune' compares all trials with each other, so it needs their number: write 'trials: 20'",
        origin: search.origin)
    }
    guard !sampler.isAdaptive else {
      throw .invalid(
        message: "the sampler '\(search.sampler.name)' waits for trials to end, and 'prune: \(search.pruner.name)' "
          + "stops all of them at once: use 'halton', or 'prune: none'", origin: search.origin)
    }
    let axes = search.space + search.armSpaces.flatMap(\.axes)
    if let axis = axes.first(where: { $0.path == "epochs" }) {
      throw .invalid(
        message: "'prune' compares trials after equally many epochs, so 'epochs' can't be searched", origin: axis.origin
      )
    }
  }
}

extension MethodSpec {
  /// Whether the seed decides which examples are for testing: corrupted and generated ones are others, but apart.
  fileprivate var dividesBySeed: Bool {
    options.pairs.contains { key, value in
      if case .choice(let inner) = value { return inner.dividesBySeed }
      return value == .text("seed") && (key == "fold" || ["heldOut", "images", "table"].contains(name))
    }
  }
}

extension SearchError {
  func configurationError(at origin: String) -> ConfigurationError { .invalid(message: description, origin: origin) }
}
