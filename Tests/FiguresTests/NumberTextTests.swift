import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct NumberTextTests {
  @Test func significantDigits() {
    let rows: [(Double, String)] = [
      (0, "0"), (-0.0, "0"), (1, "1"), (0.0676432, "0.06764"), (2.36284, "2.363"), (0.085, "0.085"),
      (1.23456e-5, "1.235e-05"),
      (12345.6, "12346"), (-0.5, "-0.5"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (1e20, "1e+20"),
    ]
    for (value, text) in rows { #expect(NumberText.significant(value) == text) }
  }

  @Test func metricsAsKerasWritesThem() {
    let rows: [(Double, String)] = [
      (0, "0.0000e+00"), (0.25, "0.2500"), (2.5e-5, "2.5000e-05"), (-2.5e-5, "-2.5000e-05"), (97.12342, "97.1234"),
      (-Double.nan, "nan"),
    ]
    for (value, text) in rows { #expect(NumberText.metric(value) == text) }
  }

  @Test func decimalsOfAnUncertainty() {
    #expect(NumberText.places(uncertainty: 0.12) == 2 && NumberText.places(uncertainty: 2e-5) == 6)
    #expect(NumberText.decimal(97.1234, places: 2) == "97.12" && NumberText.decimal(-0.001, places: 2) == "0.00")
    #expect(NumberText.decimal(3.14159e-7, places: 9) == "3.14e-07" && NumberText.decimal(-1.5, places: 1) == "−1.5")
    #expect(NumberText.signed(0.05, places: 2) == "+0.05" && NumberText.signed(0.001, places: 2) == "0.00")
    #expect(NumberText.shows(0.12, places: 2) && !NumberText.shows(0.02, places: 2) && NumberText.shows(0, places: 0))
  }

  @Test func countsHaveTheirThousandsApart() {
    let rows: [(Int, String)] = [
      (0, "0"), (1200, "1200"), (12_345, "12,345"), (-12_345, "−12,345"), (1_000_000, "1,000,000"),
    ]
    for (number, text) in rows { #expect(NumberText.count(number) == text) }
    #expect(NumberText.count(30_000.0) == "30,000" && NumberText.count(12.5) == "12.5")
    #expect(NumberText.count(.infinity) == "∞" && NumberText.count(.nan) == "NaN")
    #expect(NumberText.count(1, "seed") == "1 seed" && NumberText.count(12_000, "run") == "12,000 runs")
  }

  @Test func durationsAreWrittenInOneWay() {
    let rows: [(Double, String)] = [
      (0, "0 s"), (0.00123, "1.23 ms"), (0.0123, "12.3 ms"), (0.0994, "99.4 ms"), (0.0996, "0.10 s"), (0.84, "0.84 s"),
      (1.759, "1.8 s"), (9.94, "9.9 s"), (9.96, "10 s"), (41.4, "41 s"), (59.6, "1 min"), (93, "1 min 33 s"),
      (720, "12 min"), (725, "12 min 05 s"), (7500, "2 h 05 min"), (3600, "1 h"), (172_799, "47 h 59 min"),
      (187_200, "2 d 4 h"), (864_000_000, "10,000 d"), (-1, "–"), (.nan, "–"), (.infinity, "–"),
    ]
    for (seconds, text) in rows { #expect(NumberText.duration(seconds) == text) }
    #expect(NumberText.ratio(3, to: 1.5) == "2.00×" && NumberText.ratio(3, to: 0) == nil)
  }

  @Test func sizesAreInDecimalUnits() {
    let rows = [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (9_940_000, "9.9 MB"), (2_500_000_000_000, "2.5 TB")]
    for (bytes, text) in rows { #expect(NumberText.bytes(bytes) == text) }
  }

  @Test func pixelsHaveTwoDecimalsAtMost() {
    let rows: [(Double, String)] = [(0, "0"), (1.5, "1.5"), (-0.001, "0"), (2.126, "2.13"), (.nan, "0"), (100, "100")]
    for (value, text) in rows { #expect(NumberText.pixels(value) == text) }
  }
}
