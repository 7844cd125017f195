import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct PerformanceProfileTests {
  private let costs = [
    "sgd": ["cnn": 10, "mlp": 4, "table": 3], "adam": ["cnn": 20, "mlp": 4, "table": .infinity],
    "lamb": ["cnn": 35, "mlp": 2],
  ]

  @Test func sharesRiseWithTheFactor() throws {
    let profile = try PerformanceProfile(costs: costs)
    #expect(profile.methods == ["adam", "lamb", "sgd"] && profile.workloads == ["cnn", "mlp", "table"])
    #expect(profile.ratios["adam"] == ["cnn": 2, "mlp": 2, "table": .infinity])
    #expect(profile.share(of: "sgd", within: 1) == 2.0 / 3)
    #expect(profile.share(of: "sgd", within: 2) == 1)
    #expect(profile.share(of: "lamb", within: 3.4) == 1.0 / 3)
    #expect(profile.share(of: "lamb", within: 100) == 2.0 / 3)
    #expect(profile.steps(of: "adam").map(\.factor) == [2])
    let thirds: [Double] = [1.0 / 3, 2.0 / 3]
    #expect(profile.steps(of: "lamb").map(\.share) == thirds)
  }

  @Test func theScoreIsTheAreaBelowTheProfile() throws {
    let profile = try PerformanceProfile(costs: costs)
    for method in profile.methods {
      // Midpoints of a fine grid, as the area is defined.
      let count = 30_000
      let area = (0..<count).reduce(0.0) {
        $0 + profile.share(of: method, within: 1 + 3 * (Double($1) + 0.5) / Double(count))
      }
      #expect(isClose(try profile.score(of: method), area / Double(count), 1e-4), "\(method)")
    }
    #expect(try PerformanceProfile(costs: ["a": ["x": 5, "y": 7]]).score(of: "a") == 1)
  }

  @Test func aWorkloadThatNobodySolvesCountsAgainstAll() throws {
    let profile = try PerformanceProfile(costs: ["a": ["x": 1, "y": .infinity], "b": ["x": 2, "y": .infinity]])
    #expect(profile.share(of: "a", within: 1e9) == 0.5)
    #expect(try profile.score(of: "b", limit: 3) == 0.25)
  }

  @Test func badCosts() {
    #expect(throws: StatisticsError.empty(what: "methods")) { try PerformanceProfile(costs: [:]) }
    #expect(throws: StatisticsError.empty(what: "workloads")) { try PerformanceProfile(costs: ["a": [:]]) }
    #expect(throws: StatisticsError.self) { try PerformanceProfile(costs: ["a": ["x": 0]]) }
    #expect(throws: StatisticsError.self) { try PerformanceProfile(costs: ["a": ["x": .nan]]) }
    #expect(throws: StatisticsError.self) { try PerformanceProfile(costs: ["a": ["x": 1]]).score(of: "a", limit: 1) }
  }
}
