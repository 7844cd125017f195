import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct TicksTests {
  private func labels(
    _ lower: Double, _ upper: Double, _ scale: AxisScale = .linear, _ format: TickFormat = .automatic, count: Int = 5,
    integral: Bool = false
  ) -> [String] {
    Ticks.marks(from: lower, to: upper, scale: scale, format: format, count: count, integral: integral)
      .filter { !$0.isMinor }.map(\.label)
  }

  @Test func linearTicksAreRound() {
    #expect(labels(0, 1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-1.3, 2.2) == ["−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5", "2.0"])
    #expect(labels(0, 23_456) == ["0", "5000", "10,000", "15,000", "20,000"])
    #expect(labels(0, 100, count: 4) == ["0", "25", "50", "75", "100"])
  }

  @Test func tickValuesAreTheNearestDoubles() {
    let values = Ticks.marks(from: 0, to: 1, scale: .linear, format: .automatic, count: 10).map(\.value)
    #expect(values == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  }

  @Test func epochsHaveNoFractions() {
    #expect(labels(1, 3, count: 8, integral: true) == ["1", "2", "3"])
    #expect(labels(1, 3, count: 8).contains("1.2"))
  }

  @Test func percentagesHaveTheDecimalsTheyNeed() {
    #expect(labels(0.93, 0.99, .linear, .percent) == ["93%", "94%", "95%", "96%", "97%", "98%", "99%"])
    #expect(labels(0.978, 0.98, .linear, .percent, count: 4) == ["97.80%", "97.85%", "97.90%", "97.95%", "98.00%"])
  }

  @Test func longNumbersShareOnePower() {
    #expect(labels(-1e300, 1e300, count: 4) == ["−1.0×10³⁰⁰", "−0.5×10³⁰⁰", "0", "0.5×10³⁰⁰", "1.0×10³⁰⁰"])
    #expect(labels(0, 4e6, count: 4) == ["0", "10⁶", "2×10⁶", "3×10⁶", "4×10⁶"])
    #expect(labels(0, 3e-5, count: 3) == ["0", "10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"])
  }

  @Test func binaryTicksArePowersOfTwo() {
    #expect(labels(1 / 8, 4, .log2) == ["2⁻³", "2⁻²", "2⁻¹", "2⁰", "2¹", "2²"])
    #expect(labels(1, 4096, .log2, count: 6) == ["2⁰", "2²", "2⁴", "2⁶", "2⁸", "2¹⁰", "2¹²"])
    #expect(labels(16, 128, .log2, .fixed(places: 0)) == ["16", "32", "64", "128"])
    // Less than a power apart: round numbers in between.
    #expect(labels(5, 7, .log2, count: 4) == ["5.0", "5.5", "6.0", "6.5", "7.0"])
  }

  @Test func decimalTicksArePowersOfTenWithMinorsBetween() {
    #expect(labels(1e-5, 1, .log10) == ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"])
    #expect(labels(0.1, 1000, .log10) == ["0.1", "1", "10", "100", "1000"])
    #expect(labels(0.02, 0.5, .log10) == ["0.02", "0.05", "0.1", "0.2", "0.5"])
    #expect(labels(1e-300, 1e300, .log10, count: 6).count < 12)
    let all = Ticks.marks(from: 1, to: 100, scale: .log10, format: .automatic, count: 5)
    #expect(all.filter(\.isMinor).map(\.value).contains(50))
  }

  @Test func durations() {
    #expect(labels(0, 180, .linear, .duration, count: 4) == ["0 s", "1 min", "2 min", "3 min"])
    #expect(labels(0, 90, .linear, .duration, count: 3) == ["0 s", "30 s", "1 min", "1 min 30 s"])
    #expect(TickFormat.duration.text(7500) == "2 h 05 min")
    #expect(TickFormat.duration.text(0.0042) == "4.2 ms")
  }

  @Test func loneNumbers() {
    #expect(TickFormat.automatic.text(0.97881) == "0.9788")
    #expect(TickFormat.automatic.text(12_345.6) == "12,346")
    #expect(TickFormat.automatic.text(100) == "100")
    #expect(TickFormat.automatic.text(1.5e9) == "1.5×10⁹")
    #expect(TickFormat.percent.text(0.9785) == "97.85%")
    #expect(TickFormat.percent.text(1) == "100%")
    #expect(TickFormat.percent.text(1e300) == "1×10³⁰⁰")
    #expect(TickFormat.fixed(places: 2).text(1e300) == "1.00×10³⁰⁰")
    #expect(TickFormat.automatic.text(.nan) == "NaN")
  }

  @Test(arguments: [AxisScale.linear, .log2, .log10])
  func everyPairOfLimitsGivesFewOrderedTicksWithinThem(scale: AxisScale) {
    for lower in Samples.hostileNumbers {
      for upper in Samples.hostileNumbers {
        for format in [TickFormat.automatic, .percent, .scientific, .duration, .fixed(places: .max)] {
          let ticks = Ticks.marks(from: lower, to: upper, scale: scale, format: format, count: 6)
          #expect(ticks.count < 120)
          #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value })
          let slack = max(abs(lower), abs(upper)) * 1e-6
          #expect(ticks.allSatisfy { $0.value >= lower - slack && $0.value <= upper + slack })
        }
      }
    }
  }
}
