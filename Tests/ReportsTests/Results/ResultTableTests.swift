import Figures
import Reports
import TestSupport
import Testing

@Suite(.tags(.unit)) struct ResultTableTests {
  /// By hand: of 97, 98 and 98.5 the mean is 97.8333 and the deviation sqrt(1.1667 / 2) = 0.7638; 97.6 lies among
  /// them, 99 doesn't lie between 97 and 98.5. Medians of first epochs: 1, 1 and 2; 1, 2 and 2; 1, 2 and never.
  @Test func publishedValuesStandBelowOurs() {
    #expect(
      ResultTable(fakeResults).table().text() == """
        arm          seeds        train         test         best  TS95  TS97  TS98        time
        ───────────  ─────  ───────────  ───────────  ───────────  ────  ────  ────  ──────────
        relu             1       100.00        97.50        97.50     2     3     -        13 s
          published              100.00        97.85        97.88     2     5     -        41 s
        tanhExp          3  99.00 ±1.00  97.83 ±0.76  97.83 ±0.76     1     2     2  1 min 33 s
          published                          97.60 ✓      99.00 ·     1              1 min 33 s
        diverged         1          NaN          NaN        10.00     -     -     -       3.0 s
        waiting          0                                                                  0 s

        """)
  }

  @Test func aTableOfNothing() {
    #expect(ResultTable([]).table().csv().split(whereSeparator: \.isNewline).count == 1)
  }

  @Test func numbersOfAnySizeAreShown() {
    let huge = ArmResult(
      Arm(
        "huge", [:], published: PublishedValues(train: -0.05, test: .nan, best: 1e300, reached: [], seconds: .infinity)),
      runs: [(0, history(train: [1e300], test: [-1], seconds: 59.97))])
    let rows = ResultTable([huge]).table().csv().split(whereSeparator: \.isNewline).map(String.init)
    #expect(rows[1] == "huge,1,1e+302,−100.00,−100.00,-,-,-,1 min")
    #expect(rows[2] == "  published,,−0.05,NaN,1e+300,,,,–")
  }

  @Test func resultsAnswerQuestions() {
    let result = fakeResults[1]
    #expect(result.last("val_accuracy") == [0.97, 0.98, 0.985])
    #expect(result.best("accuracy") == [1, 0.98, 0.99])
    #expect(result.firstEpochs("val_accuracy", atLeast: 0.95) == [1, 1, 2])
    #expect(result.seconds == [60, 125, 94])
    // NaN is never the best.
    #expect(fakeResults[2].best("val_accuracy") == [0.1])
    #expect(fakeResults[3].last("loss").isEmpty)
  }

  @Test func curvesHoldMeansAndRanges() throws {
    let grid = ResultCurves("Fake & real", fakeResults).grid()
    #expect(grid.title == "Fake & real")
    #expect(grid.panels.count == 4)
    let svg = grid.svg()
    for part in [
      "Fake &amp; real", "test accuracy", "test loss", "training accuracy", "training loss", "tanhExp", "diverged",
    ] {
      #expect(svg.contains(part), "no '\(part)'")
    }
    #expect(svg.hasPrefix("<svg"))
    #expect(svg.contains("</svg>"))
    #expect(!svg.lowercased().contains("nan"))
    #expect(!svg.contains("inf\""))
  }
}
