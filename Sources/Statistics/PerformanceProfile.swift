/// How often each method is within a factor of the best one, over several workloads (Dolan and Moré, "Benchmarking
/// optimization software with performance profiles", 2002, <https://doi.org/10.1007/s101070100263>).
///
/// ```swift
/// let profile = try PerformanceProfile(
///   costs: ["sgd": ["mlp": 4, "cnn": 9], "adam": ["mlp": 8, "cnn": .infinity]])
/// print(profile.share(of: "adam", within: 2))  // 0.5
/// ```
public struct PerformanceProfile: Sendable, Equatable, Encodable {
  /// In alphabetical order.
  public let methods: [String]
  /// In alphabetical order.
  public let workloads: [String]
  /// The cost of each method on each workload over the least one there, 1 for the best method; infinite for a target
  /// that was not reached.
  public let ratios: [String: [String: Double]]

  /// - Parameter costs: of a method on each workload: seconds, epochs or gradient evaluations to a target, infinite where
  ///   it was not reached. A workload that a method was not run on counts as not reached.
  /// - Throws: `StatisticsError.empty` for no methods or no workloads, `.outOfRange` for a cost that is NaN, zero or
  ///   negative.
  public init(costs: [String: [String: Double]]) throws(StatisticsError) {
    methods = costs.keys.sorted()
    workloads = Set(costs.values.flatMap(\.keys)).sorted()
    if methods.isEmpty { throw .empty(what: "methods") }
    if workloads.isEmpty { throw .empty(what: "workloads") }
    for cost in costs.values.flatMap(\.values) where !(cost > 0) {
      throw .outOfRange(
        option: "a cost", value: cost, allowed: "positive, or infinite for a target that wasn't reached")
    }
    var ratios: [String: [String: Double]] = [:]
    for workload in workloads {
      let least = costs.values.compactMap { $0[workload] }.min() ?? .infinity
      for (method, own) in costs {
        let cost = own[workload] ?? .infinity
        ratios[method, default: [:]][workload] = cost.isFinite ? cost / least : .infinity
      }
    }
    self.ratios = ratios
  }

  /// The share of the workloads on which a method's cost is at most `factor` times the least one, 0 for a method that is
  /// not there.
  /// - Parameter factor: 1 or more.
  public func share(of method: String, within factor: Double) -> Double {
    let reached = (ratios[method] ?? [:]).values.count { $0 <= factor }
    return Double(reached) / Double(workloads.count)
  }

  /// The mean of ``share(of:within:)`` over the factors from 1 to `limit`: 1 for a method that is the best everywhere.
  ///
  /// With a limit of 4 this is the score of AlgoPerf (Dahl et al., "Benchmarking Neural Network Training Algorithms",
  /// 2023, <https://arxiv.org/abs/2306.07179>).
  /// - Throws: `StatisticsError.outOfRange` for a limit that isn't finite and above 1.
  public func score(of method: String, limit: Double = 4) throws(StatisticsError) -> Double {
    guard limit > 1, limit.isFinite else {
      throw .outOfRange(option: "limit", value: limit, allowed: "finite and above 1")
    }
    // In order, so that rounding is the same every time.
    let own = (ratios[method] ?? [:]).values.sorted()
    let area = own.reduce(0) { $0 + Swift.max(limit - $1, 0) }
    return area / (limit - 1) / Double(workloads.count)
  }

  /// The factors at which a method's share rises, ascending, and the share from there on.
  public func steps(of method: String) -> [(factor: Double, share: Double)] {
    let factors = Set((ratios[method] ?? [:]).values.filter(\.isFinite)).sorted()
    return factors.map { ($0, share(of: method, within: $0)) }
  }
}
