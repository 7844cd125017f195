import Configuration

/// The tree-structured Parzen estimator: draws points where good trials are dense and others are not.
///
/// After some evenly spread trials, it splits those that have ended into the best and the rest, estimates the density
/// of either, draws candidates from that of the best, and takes the one whose densities' ratio is greatest.
///
/// It needs results, so trials wait for those before them. With `batch: 4`, four trials can run at once: they know the
/// results before the batch, and avoid each other's points.
public struct TPESampler: Sampler {
  public static let declaration = Declaration(
    "tpe", "draws where the best trials are dense and the others are not", standard: TPESampler(),
    reference: Reference(
      "Bergstra et al.", 2011, "Algorithms for Hyper-Parameter Optimization",
      "https://papers.nips.cc/paper/2011/hash/86e8f7ab32cfd12577bc2619bc635690-Abstract.html"),
    settings: [
      Setting("startup", \.startup, .integer(in: 2...10_000), "evenly spread trials before the first estimate"),
      Setting("candidates", \.candidates, .integer(in: 1...10_000), "points to choose from"),
      Setting("top", \.top, .number(in: 0.001...0.5), "share of the trials that count as the best, at most 25"),
      Setting("multivariate", \.isMultivariate, .flag, "whether settings are drawn together, not one by one"),
      Setting("batch", \.batch, .integer(in: 1...10_000), "trials that run at once, without each other's results"),
    ], unnamed: 0)

  public var startup: Int
  public var candidates: Int
  public var top: Double
  public var isMultivariate: Bool
  public var batch: Int

  public init(
    startup: Int = 10, candidates: Int = 24, top: Double = 0.15, isMultivariate: Bool = true, batch: Int = 1
  ) {
    (self.startup, self.candidates, self.top) = (Swift.max(startup, 2), Swift.max(candidates, 1), top)
    (self.isMultivariate, self.batch) = (isMultivariate, Swift.max(batch, 1))
  }

  public var settingLimit: Int? { HaltonSampler().settingLimit }

  public func trialsNeeded(before trial: Int) -> Int {
    trial < startup ? 0 : startup + (trial - startup) / batch * batch
  }

  public func point(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult]
  ) throws(SearchError) -> [Double] {
    try check(trial, space)
    let needed = trialsNeeded(before: trial)
    guard needed > 0 else { return try HaltonSampler().point(of: trial, in: space, seed: seed, history: []) }
    let (best, rest) = try split(history, needed: needed, of: trial, in: space)
    var pending: [[Double]] = []
    // The trials of the batch before this one, which have no results yet, count among those to stay away from.
    for other in needed..<trial {
      pending.append(draw(other, best: best, rest: rest + pending, in: space, seed: seed))
    }
    return draw(trial, best: best, rest: rest + pending, in: space, seed: seed)
  }

  /// The points of the best trials and of the others, each in the order of trials.
  private func split(
    _ history: [TrialResult], needed: Int, of trial: Int, in space: SearchSpace
  ) throws(SearchError) -> (best: [[Double]], rest: [[Double]]) {
    let known = Dictionary(history.map { ($0.trial, $0) }, uniquingKeysWith: { $1 })
    var results: [TrialResult] = []
    var points: [[Double]] = []
    for number in 0..<needed {
      guard let result = known[number] else {
        throw .missingResults(sampler: Self.name, trial: trial, missing: number)
      }
      results.append(result)
      points.append(try space.point(of: result.values))
    }
    // Of trials that were stopped, those that came farther are better.
    func rank(_ place: Int) -> (Int, Double, Int) {
      let loss = results[place].loss
      return (results[place].epochs.map { -$0 } ?? .min, loss.isNaN ? .infinity : loss, place)
    }
    let order = results.indices.sorted { rank($0) < rank($1) }
    let count = Swift.min(Int((top * Double(needed)).rounded(.up)), 25)
    return (order.prefix(count).sorted().map { points[$0] }, order.dropFirst(count).sorted().map { points[$0] })
  }

  private func draw(
    _ trial: Int, best: [[Double]], rest: [[Double]], in space: SearchSpace, seed: UInt64
  ) -> [Double] {
    var random = PCG64(seed, UInt64(trial))
    let scales = space.dimensions.map(\.scale)
    let tried = Set((best + rest).map { zip(scales, $0).map { $0.value(at: $1) } })
    guard isMultivariate else {
      return scales.enumerated().map { setting, scale in
        choose(best.map { [$0[setting]] }, rest.map { [$0[setting]] }, [scale], tried: [], &random)[0]
      }
    }
    return choose(best, rest, scales, tried: tried, &random)
  }

  /// The candidate with the greatest ratio of densities; one that repeats a trial only if all do, since the same
  /// settings give the same result.
  private func choose(
    _ best: [[Double]], _ rest: [[Double]], _ scales: [any SearchScale], tried: Set<[OptionValue]>,
    _ random: inout PCG64
  ) -> [Double] {
    let (good, poor) = (ParzenMixture(best, scales: scales), ParzenMixture(rest, scales: scales))
    var chosen: (point: [Double], isNew: Bool, ratio: Double) = (good.draw(&random), false, -.infinity)
    for candidate in 0..<candidates {
      let point = candidate == 0 ? chosen.point : good.draw(&random)
      let isNew = !tried.contains(zip(scales, point).map { $0.value(at: $1) })
      let ratio = good.logDensity(at: point) - poor.logDensity(at: point)
      if (isNew && !chosen.isNew) || (isNew == chosen.isNew && ratio > chosen.ratio) {
        chosen = (point, isNew, ratio)
      }
    }
    return chosen.point
  }
}
