/// Two arms over the same seeds: runs that share initialization, order and augmentation, and differ in the method.
public struct PairedOutcomes: Sendable, Equatable {
  /// The seeds both arms have run, ascending.
  public let seeds: [Int]
  /// The candidate's value for each of `seeds`, diverged ones included.
  public let candidate: [Double]
  /// The baseline's value for each of `seeds`, diverged ones included.
  public let baseline: [Double]
  /// How many runs were left out because the other arm lacks their seed.
  public let unpaired: Int

  /// The seeds that both arms have.
  ///
  /// - Throws: `StatisticsError.empty` if there is no such seed.
  public init(candidate: [Int: Double], baseline: [Int: Double]) throws(StatisticsError) {
    seeds = candidate.keys.filter { baseline[$0] != nil }.sorted()
    if seeds.isEmpty { throw .empty(what: "seeds that both arms have run") }
    self.candidate = seeds.compactMap { candidate[$0] }
    self.baseline = seeds.compactMap { baseline[$0] }
    unpaired = candidate.count + baseline.count - 2 * seeds.count
  }

  /// Values of equal seeds at equal positions; the seeds are named 0, 1, ….
  ///
  /// - Throws: `StatisticsError.unequalLengths`, or `.empty` if there are no values.
  public init(candidate: [Double], baseline: [Double]) throws(StatisticsError) {
    guard candidate.count == baseline.count else {
      throw .unequalLengths(candidate: candidate.count, baseline: baseline.count)
    }
    if candidate.isEmpty { throw .empty(what: "values") }
    seeds = Array(candidate.indices)
    self.candidate = candidate
    self.baseline = baseline
    unpaired = 0
  }

  /// The seeds for which neither run diverged.
  public var finiteSeeds: [Int] { finiteIndices.map { seeds[$0] } }

  /// Candidate minus baseline for each of ``finiteSeeds``.
  public var differences: [Double] { finiteIndices.map { candidate[$0] - baseline[$0] } }

  private var finiteIndices: [Int] {
    seeds.indices.filter { Outcomes.isFinite(candidate[$0]) && Outcomes.isFinite(baseline[$0]) }
  }
}
