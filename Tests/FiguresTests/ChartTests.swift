import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct ChartTests {
  private func lines(_ chart: Chart, size: FigureSize? = nil) throws -> [ParsedMarkup.Element] {
    try #require(ParsedMarkup(chart.svg(size: size))).styled("line").filter { $0.name == "path" }
  }

  @Test func documentIsSelfContainedAccessibleAndAdapts() throws {
    let text = Samples.accuracy.svg(size: FigureSize(width: 600, height: 400))
    let svg = try #require(ParsedMarkup(text))
    let root = svg.elements[0]
    #expect(root.name == "svg")
    #expect(root.attributes["xmlns"] == "http://www.w3.org/2000/svg")
    #expect(root.attributes["role"] == "img")
    #expect(root.attributes["viewBox"] == "0 0 600 400")
    #expect(svg.elements[1].name == "title")
    #expect(svg.elements[1].text == "Test accuracy. 10 seeds: ReLU, Swish, h-swish, Mish, TanhExp")
    #expect(text.contains("@media (prefers-color-scheme:dark)"))
    #expect(!text.contains("href") && !text.contains("url(") && !text.contains(" id="))
  }

  @Test func aLineGoesThroughItsPoints() throws {
    let chart = Chart(
      x: .init(range: 0...2), y: .init(range: 0...4),
      lines: [LineSeries("", points: [.init(x: 0, y: 0), .init(x: 1, y: 4), .init(x: 2, y: 2)])])
    let layout = FigurePainter(chart.drawing, frame: Rect(x: 0, y: 0, width: 300, height: 200), slots: [0]).layout
    let plot = layout.plot
    #expect(
      Polyline.runs(chart.lines[0].points, x: layout.x, y: layout.y) == [
        [
          Pixel(x: plot.x, y: plot.maxY), Pixel(x: plot.x + plot.width / 2, y: plot.y),
          Pixel(x: plot.maxX, y: plot.y + plot.height / 2),
        ]
      ])
  }

  @Test func gapsBreakLinesAndLonePointsAreDots() throws {
    let y: [Double] = [1, 2, .nan, 3, .infinity, 4, 5, 6, -.infinity]
    let chart = Chart(lines: [
      LineSeries("a", points: y.enumerated().map { .init(x: Double($0), y: $1) }, markers: false)
    ])
    let svg = try #require(ParsedMarkup(chart.svg()))
    #expect(svg.styled("line").filter { $0.name == "path" }.count == 2)
    #expect(svg.all("circle").count == 1)
  }

  @Test func aLogarithmicAxisLeavesOutWhatItDoesNotHave() throws {
    let chart = Chart(y: .init(scale: .log10), lines: [LineSeries("a", y: [1, 10, 0, -5, 100, 1000])])
    #expect(try lines(chart).count == 2)
    #expect(chart.drawing.y.extent.lower == 1)
  }

  @Test func equalRatiosAreEqualDistancesOnALogarithmicAxis() throws {
    for scale in [AxisScale.log2, .log10] {
      let axis = Projection(scale: scale, lower: 1e-3, upper: 1e3, start: 0, end: 600)
      let places = try [1e-3, 1e-2, 1, 1e3].map { try #require(axis($0)) }
      #expect(zip(places, [0, 100, 300, 600]).allSatisfy { abs($0 - $1) < 1e-9 })
      #expect(axis(0) == nil && axis(-1) == nil)
    }
  }

  @Test func bandsBreakWithTheirLine() throws {
    let y: [Double] = [1, 2, .nan, 3, 4]
    let chart = Chart(lines: [LineSeries("a", y: y, band: y.map { ErrorInterval($0 - 1, $0 + 1) })])
    let bands = try #require(ParsedMarkup(chart.svg())).all("path").filter { $0.attributes["fill-opacity"] == "0.16" }
    #expect(bands.count == 2)
    #expect(chart.drawing.y.extent == Extent(lower: 0, upper: 5, isIntegral: true))
  }

  @Test func errorBarsSpanTheirIntervals() throws {
    let series = PointSeries("a", points: [.init(x: 1, y: 2)], xErrors: [.init(3, 0)], yErrors: [.init(1, 5)])
    let drawing = Chart(points: [series]).drawing
    #expect(drawing.x.extent.lower == 0 && drawing.x.extent.upper == 3)
    #expect(drawing.y.extent.lower == 1 && drawing.y.extent.upper == 5)
  }

  @Test func referenceLinesAreInTheRangeAndLabelled() throws {
    let chart = Chart(
      lines: [LineSeries("a", y: [1, 2])],
      references: [.init(.horizontal, at: 9, label: "published", series: "a"), .init(.vertical, at: .nan, label: "no")])
    let svg = try #require(ParsedMarkup(chart.svg()))
    #expect(svg.styled("rule").count == 1)
    #expect(svg.styled("rule").first?.attributes["class"] == "s0 rule")
    #expect(svg.styled("halo").map(\.text) == ["published"])
  }

  @Test func seriesOfOneNameShareTheirColour() {
    let drawing = Chart(
      lines: [LineSeries("a", y: [1]), LineSeries("b", y: [1], color: 0), LineSeries("", y: [1])],
      points: [PointSeries("b", points: []), PointSeries("c", points: [])]
    ).drawing
    #expect(drawing.series.map(\.name) == ["a", "b", "", "c"])
    #expect(Palette.slots(for: drawing.series) == [1, 0, 2, 3])
  }

  @Test func namesStandAtTheLineEndsWhereTheyFit() throws {
    let frame = Rect(x: 0, y: 0, width: 700, height: 400)
    let fitting = FigureLayout(Samples.accuracy.drawing, frame: frame, slots: [0, 1, 2, 3, 4], shared: .init())
    #expect(fitting.legend == nil)
    #expect(fitting.directLabels.map(\.text) == ["TanhExp", "Mish", "h-swish", "Swish", "ReLU"])
    let gaps = zip(fitting.directLabels, fitting.directLabels.dropFirst()).map { $1.y - $0.y }
    #expect(gaps.allSatisfy { $0 >= 13 })

    var crowded = Samples.accuracy
    crowded.lines = (0..<20).map { LineSeries("arm \($0)", y: [1, 2]) }
    let boxed = FigureLayout(crowded.drawing, frame: frame, slots: Array(0..<20), shared: .init())
    #expect(boxed.directLabels.isEmpty && boxed.legend != nil)
  }

  @Test func spreadLabelsStayInOrderApartAndCentred() {
    #expect(DirectLabel.spread([10, 50], gap: 10, from: 0, to: 100) == [10, 50])
    #expect(DirectLabel.spread([50, 50, 50], gap: 10, from: 0, to: 100) == [40, 50, 60])
    #expect(DirectLabel.spread([0, 1], gap: 10, from: 0, to: 100) == [0, 10])
    #expect(DirectLabel.spread([99, 100], gap: 10, from: 0, to: 100) == [90, 100])
  }

  @Test func thinningKeepsExtremesAndEnds() {
    var run = (0..<50_000).map { Pixel(x: Double($0) / 100, y: Double($0 % 7)) }
    run[33_333].y = -100
    let thin = Polyline.thinned(run)
    #expect(thin.count < 4100)
    #expect(thin.first == run.first && thin.last == run.last)
    #expect(thin.contains { $0.y == -100 })
  }

  @Test func rangesWithAnInfiniteEndAreHalfOpen() {
    var chart = Chart(y: .init(range: 0...(.infinity)), lines: [LineSeries("a", y: [5, 10])])
    #expect(chart.drawing.y.limits.lower == 0)
    #expect(chart.drawing.y.limits.upper > 10 && chart.drawing.y.limits.upper < 11)
    chart.y = .init(scale: .log10, range: -1...7)
    #expect(chart.drawing.y.limits.lower > 0 && chart.drawing.y.limits.upper == 7)
  }
}
