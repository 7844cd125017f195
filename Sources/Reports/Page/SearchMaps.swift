import Configuration
import Figures
import Statistics

extension ReportFigures {
  /// Each arm's trials over the two numbers that explain most of the scores, in three groups by rank: where good settings
  /// lie, and whether the search's space cuts them off. None for an arm with too few trials, or with fewer than two numbers.
  var searchMaps: [Chart] {
    guard let search = report.search else { return [] }
    return zip(search.facts.arms, search.arms).compactMap { arm, found in
      guard let shares = found.sensitivities?.settings else { return nil }
      let numbers = arm.dimensions.indices.filter { arm.dimensions[$0].isOrdered }
        .sorted { shares[$0].share > shares[$1].share }
      guard numbers.count > 1 else { return nil }
      let (x, y) = (numbers[0], numbers[1])
      let groups = groups(arm.trials.map(\.score), higherIsBetter: search.facts.metric.better == .higher)
      let points = groups.map { group in
        PointSeries(
          group.name,
          points: group.trials.compactMap { trial in
            guard case .number(let a) = arm.trials[trial].values[x], case .number(let b) = arm.trials[trial].values[y]
            else { return nil }
            return DataPoint(x: a, y: b)
          }, color: group.color)
      }
      return Chart(
        report.search?.arms.count == 1 ? "" : arm.name, x: axis(arm.dimensions[x]), y: axis(arm.dimensions[y]),
        points: points)
    }
  }

  private func axis(_ dimension: SearchArmFacts.Dimension) -> ChartAxis {
    ChartAxis(dimension.setting, scale: dimension.scale.hasPrefix("log") ? .log10 : .linear)
  }

  /// A fifth of the trials at each end of the ranks, of equal ones the earlier trial first. Diverged ones are among the worst.
  private func groups(
    _ scores: [Double], higherIsBetter: Bool
  ) -> [(name: String, trials: [Int], color: Int)] {
    let finite = scores.indices.filter { scores[$0].isFinite }
    let ranked = finite.sorted { one, other in
      scores[one] == scores[other] ? one < other : (scores[one] > scores[other]) == higherIsBetter
    }
    let fifth = Swift.max(1, scores.count / 5)
    let best = Array(ranked.prefix(fifth))
    let diverged = scores.indices.filter { !scores[$0].isFinite }
    let worst = Array(ranked.dropFirst(fifth).suffix(Swift.max(0, fifth - diverged.count))) + diverged
    let between = ranked.dropFirst(fifth).dropLast(Swift.max(0, fifth - diverged.count))
    return [("best fifth", best, 2), ("between", Array(between), 5), ("worst fifth, or diverged", worst, 1)]
  }
}
