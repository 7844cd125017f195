/// The comparisons of a sequential study, which are looked at after each seed: which of them are decided.
///
/// The answers are those of ``Verdict/isDecided`` of a ``ComparisonTable`` of the same seeds, without the numbers that
/// only a report needs.
///
/// ```swift
/// let options = try ComparisonOptions(sequential: SequentialDesign(maximum: 40, first: 8))
/// var looks = try SequentialComparisons(["Swish": "ReLU"], options: options)
/// for seed in 0..<10 { looks.append(["ReLU": 0.97, "Swish": 0.98 + 0.001 * Double(seed)]) }
/// print(looks.undecided)
/// ```
public struct SequentialComparisons: Sendable {
  private let options: ComparisonOptions
  private let design: SequentialDesign
  private var comparisons: [Looks]

  /// - Parameters:
  ///   - baselines: the baseline of each candidate, by name.
  ///   - options: with a sequential design.
  /// - Throws: `StatisticsError.empty` without a design or comparisons.
  public init(_ baselines: [String: String], options: ComparisonOptions) throws(StatisticsError) {
    guard let design = options.sequential else { throw .empty(what: "looks, without a sequential design") }
    if baselines.isEmpty { throw .empty(what: "comparisons") }
    self.options = options
    self.design = design
    comparisons = baselines.sorted { $0.key < $1.key }.map {
      Looks(candidate: $0.key, baseline: $0.value, design, margin: options.margin)
    }
  }

  /// Takes the values of a seed, by arm, and looks if it is time to. An arm without a value has none for this seed; NaN
  /// and infinities stand for diverged runs.
  public mutating func append(_ values: [String: Double]) {
    for index in comparisons.indices { comparisons[index].append(values) }
    let p = Holm.adjusted(checked: comparisons.map(\.p))
    let equivalence = Holm.adjusted(checked: comparisons.map(\.equivalenceP))
    for index in comparisons.indices where comparisons[index].seeds >= design.first {
      if comparisons[index].isDecided(p[index], equivalence[index], alpha: options.alpha) {
        comparisons[index].isDecided = true
      }
    }
  }

  /// The candidates whose comparison is not decided yet, by name.
  public var undecided: Set<String> { Set(comparisons.filter { !$0.isDecided }.map(\.candidate)) }

  /// One comparison's tests.
  private struct Looks {
    let candidate: String
    let baseline: String
    /// Differences seen, those of diverged runs included.
    private(set) var seeds = 0
    var isDecided = false
    private var isDiverged = false
    private var isIdentical = true
    private var above: SignFlipLooks
    private var below: SignFlipLooks
    private var margin: Double?
    private var overLower: SignFlipLooks
    private var underUpper: SignFlipLooks

    init(candidate: String, baseline: String, _ design: SequentialDesign, margin: Double?) {
      (self.candidate, self.baseline, self.margin) = (candidate, baseline, margin)
      above = SignFlipLooks(design)
      (below, overLower, underUpper) = (above, above, above)
    }

    mutating func append(_ values: [String: Double]) {
      guard let candidate = values[candidate], let baseline = values[baseline] else { return }
      seeds += 1
      guard Outcomes.isFinite(candidate), Outcomes.isFinite(baseline) else {
        isDiverged = true
        return
      }
      let difference = candidate - baseline
      if difference != 0 { isIdentical = false }
      above.append(difference)
      below.append(-difference)
      guard let margin else { return }
      overLower.append(difference + margin)
      underUpper.append(margin - difference)
    }

    var p: Double { Swift.min(1, 2 * Swift.min(above.p, below.p)) }

    var equivalenceP: Double { margin == nil ? 1 : Swift.max(overLower.p, underUpper.p) }

    func isDecided(_ p: Double, _ equivalenceP: Double, alpha: Double) -> Bool {
      isDiverged || isIdentical || p <= alpha || equivalenceP <= alpha
    }
  }
}
