/// All comparisons between the arms of a study, p values adjusted for their number.
public struct ComparisonTable: Sendable, Equatable, Encodable {
  public let options: ComparisonOptions
  /// In the order of the arms.
  public let comparisons: [ArmComparison]

  /// Arms that share seeds are compared by those; the runs without a partner are counted in
  /// ``Comparison/unpairedRuns``. Arms that share less than half the seeds of the smaller one are compared as
  /// independent groups.
  ///
  /// - Throws: `StatisticsError.duplicateArm`, `.unknownBaseline`, or `.empty` for no arms or one without runs.
  public init(
    _ arms: [ArmOutcomes], family: ComparisonFamily, options: ComparisonOptions
  ) throws(StatisticsError) {
    try Self.check(arms)
    var compared: [(candidate: ArmOutcomes, baseline: ArmOutcomes, comparison: Comparison)] = []
    for (candidate, baseline) in try Self.pairs(of: arms, family) {
      compared.append((candidate, baseline, try Self.compare(candidate, baseline, options)))
    }
    // A comparison that couldn't be tested found nothing, but it was one of those made.
    let adjusted = Holm.adjusted(checked: compared.map { $0.comparison.test?.p ?? 1 })
    let equivalence = Holm.adjusted(checked: compared.map { $0.comparison.equivalenceP ?? 1 })
    self.options = options
    comparisons = zip(compared, zip(adjusted, equivalence)).map { entry, p in
      let adjustedP = entry.comparison.test.map { _ in p.0 }
      return ArmComparison(
        candidate: entry.candidate.name, baseline: entry.baseline.name, comparison: entry.comparison,
        adjustedP: adjustedP,
        verdict: Verdict(
          entry.comparison, candidate: entry.candidate.name, baseline: entry.baseline.name, adjustedP: adjustedP,
          equivalenceP: entry.comparison.equivalenceP.map { _ in p.1 }, comparisons: compared.count, options: options))
    }
  }

  private static func check(_ arms: [ArmOutcomes]) throws(StatisticsError) {
    if arms.isEmpty { throw .empty(what: "arms") }
    var names: Set<String> = []
    for arm in arms {
      if !names.insert(arm.name).inserted { throw .duplicateArm(arm.name) }
      if arm.values.isEmpty { throw .empty(what: "runs of the arm '\(arm.name)'") }
    }
  }

  private static func pairs(
    of arms: [ArmOutcomes], _ family: ComparisonFamily
  ) throws(StatisticsError) -> [(ArmOutcomes, ArmOutcomes)] {
    switch family {
    case .against(let name):
      guard let baseline = arms.first(where: { $0.name == name }) else {
        throw .unknownBaseline(name, arms: arms.map(\.name))
      }
      return arms.filter { $0.name != name }.map { ($0, baseline) }
    case .allPairs: return arms.indices.flatMap { later in arms[..<later].map { (arms[later], $0) } }
    case .chosen(let baselines):
      var pairs: [(ArmOutcomes, ArmOutcomes)] = []
      for arm in arms {
        guard let name = baselines[arm.name], name != arm.name else { continue }
        guard let baseline = arms.first(where: { $0.name == name }) else {
          throw .unknownBaseline(name, arms: arms.map(\.name))
        }
        pairs.append((arm, baseline))
      }
      return pairs
    }
  }

  private static func compare(
    _ candidate: ArmOutcomes, _ baseline: ArmOutcomes, _ options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let shared = candidate.values.keys.count { baseline.values[$0] != nil }
    if shared > 0, 2 * shared >= Swift.min(candidate.values.count, baseline.values.count) {
      return try .paired(PairedOutcomes(candidate: candidate.values, baseline: baseline.values), options: options)
    }
    return try .unpaired(candidate: candidate.inSeedOrder, baseline: baseline.inSeedOrder, options: options)
  }
}
