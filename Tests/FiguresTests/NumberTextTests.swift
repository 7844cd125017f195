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
}
