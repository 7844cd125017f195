import Configuration

/// Every trial trains to the end.
public struct NoPruner: Pruner {
  public static let declaration = Declaration("none", "every trial trains to the end", standard: NoPruner())

  public init() {}

  public func brackets(trials: Int, epochs: Int) throws(SearchError) -> [Bracket] {
    if trials < 1 { throw .noTrials }
    return [Bracket(trials: Array(0..<trials), rungs: [epochs], reduction: 2)]
  }
}

/// What pruners that compare trials again and again have in common.
public protocol ReducingPruner: Pruner {
  /// One trial in so many goes on.
  var reduction: Int { get set }
  /// The epochs before the first comparison; of several brackets, in the first one.
  var first: Int { get set }

  init()
}

extension ReducingPruner {
  /// - Parameters:
  ///   - reduction: one trial in so many goes on; less than 2 counts as 2.
  ///   - first: epochs before the first comparison; less than 1 counts as 1.
  public init(reduction: Int = 3, first: Int = 1) {
    self.init()
    (self.reduction, self.first) = (Swift.max(reduction, 2), Swift.max(first, 1))
  }

  static var settings: [Setting<Self>] {
    [
      Setting("reduction", \.reduction, .integer(in: 2...100), "one trial in so many goes on, η"),
      Setting("first", \.first, .integer(in: 1...1_000_000), "epochs before the first comparison"),
    ]
  }
}

/// Successive halving: after the first epochs the best third goes on, of these the best third after three times as many,
/// and so on.
public struct HalvingPruner: Pruner, ReducingPruner {
  public static let declaration = Declaration(
    "halving", "the best third goes on, again and again", standard: HalvingPruner(),
    reference: Reference(
      "Jamieson and Talwalkar", 2016, "Non-stochastic Best Arm Identification and Hyperparameter Optimization",
      "https://arxiv.org/abs/1502.07943"),
    settings: settings, unnamed: 0)

  public var reduction = 3
  public var first = 1

  public init() {}

  public func brackets(trials: Int, epochs: Int) throws(SearchError) -> [Bracket] {
    if trials < 1 { throw .noTrials }
    let rungs = Self.rungs(first, reduction, epochs)
    guard rungs.count > 1 else { throw .firstTooLate(first: first, epochs: epochs) }
    return [Bracket(trials: Array(0..<trials), rungs: rungs, reduction: reduction)]
  }

  /// When trials are compared, and the end.
  static func rungs(_ first: Int, _ reduction: Int, _ epochs: Int) -> [Int] {
    Array(
      sequence(first: first) { $0.multipliedReportingOverflow(by: reduction).overflow ? nil : $0 * reduction }
        .prefix { $0 < epochs }) + [epochs]
  }
}

/// Hyperband: several brackets of successive halving, from many trials that are compared early to a few that train to
/// the end, since early epochs may mislead.
public struct HyperbandPruner: Pruner, ReducingPruner {
  public static let declaration = Declaration(
    "hyperband", "halving in brackets that begin ever later", standard: HyperbandPruner(),
    reference: Reference(
      "Li et al.", 2018, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization",
      "https://jmlr.org/papers/v18/16-558.html"),
    settings: settings, unnamed: 0)

  public var reduction = 3
  public var first = 1

  public init() {}

  /// Trials are shared out in the paper's proportions, in their order; a bracket without any is left out.
  public func brackets(trials: Int, epochs: Int) throws(SearchError) -> [Bracket] {
    if trials < 1 { throw .noTrials }
    guard first < epochs else { throw .firstTooLate(first: first, epochs: epochs) }
    var starts = [first]
    while let last = starts.last, last <= epochs / reduction { starts.append(last * reduction) }
    // In the paper, bracket s of n has ceil(n ηˢ / (s + 1)) trials, and compares them s times before the end.
    let shares = starts.indices.map { place in
      let later = starts.count - 1 - place
      let width = (0..<later).reduce(1) { power, _ in power * reduction }
      return (starts.count * width + later) / (later + 1)
    }
    var begin = 0
    return zip(starts, Self.shared(trials, by: shares)).compactMap { start, count in
      guard count > 0 else { return nil }
      defer { begin += count }
      return Bracket(
        trials: Array(begin..<begin + count), rungs: HalvingPruner.rungs(start, reduction, epochs),
        reduction: reduction)
    }
  }

  /// Whole numbers in proportion to shares that add up to a total: those with the greatest remainders are rounded up.
  private static func shared(_ total: Int, by shares: [Int]) -> [Int] {
    let sum = Double(shares.reduce(0, +))
    let exact = shares.map { Double(total) * Double($0) / sum }
    var counts = exact.map { Int($0) }
    let order = exact.indices.sorted { (Double(counts[$0]) - exact[$0], $0) < (Double(counts[$1]) - exact[$1], $1) }
    for place in order.prefix(total - counts.reduce(0, +)) { counts[place] += 1 }
    return counts
  }
}
