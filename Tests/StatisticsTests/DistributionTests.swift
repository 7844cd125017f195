import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct DistributionTests {
  private let fixtures: StatisticsFixtures

  init() throws { fixtures = try .read() }

  @Test func tailsOfStudentsDistribution() throws {
    #expect(fixtures.t.tails.count == 99)
    for row in fixtures.t.tails {
      let distribution = try StudentT(degreesOfFreedom: row.df)
      // Relative, so that tiny p values hold too; beyond 10⁻³⁰⁰ nobody asks.
      #expect(isClose(distribution.upperTail(row.t), row.tail, 1e-12, scale: 1e-300), "df \(row.df), t \(row.t)")
      #expect(isClose(distribution.upperTail(-row.t), 1 - row.tail), "df \(row.df), t \(-row.t)")
      #expect(isClose(distribution.cumulative(row.t), 1 - row.tail), "df \(row.df), t \(row.t)")
    }
  }

  @Test func quantilesOfStudentsDistribution() throws {
    #expect(fixtures.t.quantiles.count == 110)
    for row in fixtures.t.quantiles {
      let distribution = try StudentT(degreesOfFreedom: row.df)
      #expect(isClose(distribution.value(upperTail: row.tail), row.t, 1e-12, scale: 1e-3), "df \(row.df), \(row.tail)")
      #expect(isClose(try distribution.quantile(row.tail), -row.t, 1e-12, scale: 1e-3), "df \(row.df), \(row.tail)")
    }
    let five = try StudentT(degreesOfFreedom: 5)
    #expect(try five.quantile(0.5) == 0)
    #expect(try five.quantile(0) == -.infinity)
    #expect(try five.quantile(1) == .infinity)
  }

  @Test func densityIsTheSlopeOfTheDistribution() throws {
    for df in [1, 3.5, 40, 1e13] {
      let distribution = try StudentT(degreesOfFreedom: df)
      for t in [0.1, 0.9, 3] {
        let slope = (distribution.cumulative(t + 1e-5) - distribution.cumulative(t - 1e-5)) / 2e-5
        #expect(isClose(distribution.density(t), slope, 1e-9), "df \(df), t \(t)")
      }
    }
  }

  @Test func manyDegreesOfFreedomMeetTheNormalDistribution() throws {
    // The first term of the expansion in 1/df; the next is of the order of its square.
    let correction = StandardNormal.density(1.7) * (1.7 * 1.7 * 1.7 + 1.7) / 4
    for df in [1e7, 1e9, 1e11, 1e12, 1e15, .infinity] {
      let tail = try StudentT(degreesOfFreedom: df).upperTail(1.7)
      #expect((tail - StandardNormal.upperTail(1.7) - correction / df).magnitude < 1e-12, "df \(df)")
    }
  }

  @Test func normalTailsAndQuantiles() {
    for row in fixtures.normal {
      #expect(isClose(StandardNormal.upperTail(row.z), row.tail, 1e-12, scale: 1e-300), "z \(row.z)")
      // Far below the mean the tail is so near to one that it no longer knows z.
      if row.z > -5 { #expect(isClose(StandardNormal.value(upperTail: row.tail), row.z, 1e-12), "z \(row.z)") }
    }
  }

  @Test func incompleteBetaAtKnownPoints() {
    // I_x(1, b) = 1 − (1 − x)ᵇ and I_x(a, 1) = xᵃ; symmetric parameters meet a half in the middle.
    #expect(isClose(IncompleteBeta.regularized(1, 7, x: 0.3, y: 0.7), 1 - 0.0823543))
    #expect(isClose(IncompleteBeta.regularized(2.5, 1, x: 0.25, y: 0.75), 0.03125))
    #expect(isClose(IncompleteBeta.regularized(40, 40, x: 0.5, y: 0.5), 0.5))
    #expect(IncompleteBeta.regularized(2, 3, x: 0, y: 1) == 0)
    #expect(IncompleteBeta.regularized(2, 3, x: 1, y: 0) == 1)
  }

  @Test func impossibleArgumentsAreErrors() throws {
    for df in [0, 0.05, -1, .nan] {
      #expect(throws: StatisticsError.self) { try StudentT(degreesOfFreedom: df) }
    }
    let three = try StudentT(degreesOfFreedom: 3)
    for fraction in [-0.1, 1.1, .nan] {
      #expect(throws: StatisticsError.self) { try three.quantile(fraction) }
    }
    #expect(three.upperTail(.nan).isNaN)
    #expect(three.upperTail(.infinity) == 0)
    #expect(three.upperTail(1e300) == 0)
    #expect(try StudentT(degreesOfFreedom: 0.1).quantile(1e-15) < -1e140)
  }

  @Test func philoxGivesNumPysBits() {
    let wanted = fixtures.random.bits.compactMap { UInt64($0) }
    let key = (fixtures.random.key[0], fixtures.random.key[1])
    let blocks = (0..<2).map { Philox.block(key: key, counter: fixtures.random.firstBlock + $0) }
    #expect(blocks.flatMap { [$0.0, $0.1, $0.2, $0.3] } == wanted)
    var generator = Philox(seed: key.0, stream: key.1)
    let drawn = (0..<12).map { _ in generator.next() }
    #expect(Array(drawn[4...]) == wanted)
  }

  @Test func indicesAreUniform() {
    var random = Philox(seed: 5, stream: 1)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    // Six standard deviations of a binomial count.
    #expect(counts.allSatisfy { ($0 - 10_000).magnitude < 560 })
    #expect(random.index(below: 1) == 0)
  }
}
