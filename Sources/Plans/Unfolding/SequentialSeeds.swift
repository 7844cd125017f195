import Configuration
import Statistics

/// The final runs of a plan whose seeds are trained until its comparisons are decided.
struct SequentialSeeds {
  private let design: SequentialDesign
  private let options: ComparisonOptions
  private let metric: PrimaryMetric
  private let seeds: [Int]
  private let arms: [PlannedArm]

  /// nil for a plan that trains all its seeds.
  /// - Throws: as ``StudyPlan/sequentialDesign()`` does.
  init?(_ plan: StudyPlan) throws(ConfigurationError) {
    guard let design = try plan.sequentialDesign() else { return nil }
    self.design = design
    do {
      options = try ComparisonOptions(alpha: StudyPlan.alpha, margin: plan.margin, sequential: design)
    } catch {
      throw .invalid(message: error.description, origin: plan.name)
    }
    metric = plan.metric
    seeds = plan.seeds
    arms = try plan.plannedArms()
  }

  /// Adds the runs that the results make known: all of them up to the first look, then a seed at a time for the arms
  /// that are not decided, and their baselines.
  ///
  /// Only seeds that all those arms have ended count, in the plan's order: neither the order in which runs end nor
  /// results of further seeds change what is decided.
  /// - Parameter run: an arm's run of a seed, by their places; nil while the arm's settings aren't known.
  func add(
    to unfolded: inout UnfoldedRuns, _ expanded: [ExpandedArm], given known: KnownResults,
    run: (_ arm: Int, _ place: Int) throws(ConfigurationError) -> PlannedRun?
  ) throws(ConfigurationError) {
    var looks: SequentialComparisons
    do {
      let baselines = arms.compactMap { arm in arm.baseline.map { (arm.arm.name, $0) } }
      looks = try SequentialComparisons(Dictionary(uniqueKeysWithValues: baselines), options: options)
    } catch {
      throw .invalid(message: error.description, origin: "")
    }
    var needed = Array(arms.indices)
    var missing = arms.map { _ in 0 }
    var results: Set<String> = []
    var isComplete = true
    for place in seeds.indices {
      var values: [String: Double] = [:]
      for index in needed {
        guard let next = try run(index, place) else {
          missing[index] += 1
          isComplete = false
          continue
        }
        unfolded.runs.append(next)
        guard let found = known[next.id], found.hasEnded else {
          isComplete = false
          continue
        }
        if found.state == .done { values[arms[index].arm.name] = metric.outcome(of: found.history) }
      }
      results.formUnion(values.keys)
      if isComplete { looks.append(values) }
      guard place + 1 >= design.first else { continue }
      guard isComplete else {
        for index in needed { missing[index] += seeds.count - place - 1 }
        break
      }
      needed = Self.needed(arms, looks.undecided, withResults: results)
      if needed.isEmpty { break }
    }
    for (index, count) in missing.enumerated() where count > 0 {
      unfolded.expected.append(
        ExpectedRuns(arm: arms[index].arm.name, configuration: expanded[index].configuration, count: count))
    }
  }

  /// Undecided arms and their baselines. Arms all of whose runs failed are given up.
  private static func needed(
    _ arms: [PlannedArm], _ undecided: Set<String>, withResults results: Set<String>
  ) -> [Int] {
    let open = arms.filter { arm in
      undecided.contains(arm.arm.name) && results.contains(arm.arm.name)
        && arm.baseline.map(results.contains) == true
    }
    let names = Set(open.flatMap { [$0.arm.name] + ($0.baseline.map { [$0] } ?? []) })
    return arms.indices.filter { names.contains(arms[$0].arm.name) }
  }
}
