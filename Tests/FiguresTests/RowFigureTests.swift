import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct RowFigureTests {
  @Test func aDotPlotShowsEverySeedTheMeanAndTheInterval() throws {
    let plot = DotPlot(
      axis: .init(format: .percent),
      arms: [
        .init("a", values: [0.97, 0.98, .nan], interval: .init(0.9712, 0.9788), comparison: 0.96),
        .init("b", values: []),
      ])
    let svg = try #require(ParsedMarkup(plot.svg()))
    // Two seeds and the sign in the legend.
    #expect(svg.all("circle").count == 3)
    let texts = svg.all("text").map(\.text)
    #expect(texts.contains("97.50% [97.12%, 97.88%]"))
    #expect(texts.contains("–"))
    #expect(texts.contains("published") && texts.contains("one seed"))
  }

  @Test func dotsOfASwarmDoNotCoverEachOther() {
    let values = (0..<10).map { _ in 0.5 } + [0.1, 0.9]
    let drawing = DotPlot(arms: [.init("a", values: values)]).drawing
    let painter = FigurePainter(drawing, frame: Rect(x: 0, y: 0, width: 500, height: 260), slots: [0, 1, 2])
    let dots = painter.swarm(values, row: 0)
    #expect(dots.count == 12)
    for (index, dot) in dots.enumerated() {
      for other in dots[..<index] {
        let (dx, dy) = (dot.x - other.x, dot.y - other.y)
        #expect((dx * dx + dy * dy).squareRoot() >= 6.6)
      }
    }
  }

  @Test func barsStartAtZero() throws {
    let chart = BarChart(categories: ["a", "b", "c"], groups: [.init("g", values: [2, -1, .nan])])
    let drawing = chart.drawing
    #expect(drawing.x.extent.lower == -1 && drawing.x.extent.upper == 2)
    let frame = Rect(x: 0, y: 0, width: 400, height: 200)
    let layout = FigureLayout(drawing, frame: frame, slots: [0], shared: .init())
    let svg = try #require(ParsedMarkup(chart.svg(size: .init(width: 432, height: 232))))
    let bars = svg.styled("rim").filter { $0.name == "rect" }
    #expect(bars.count == 2)
    let zero = try #require(layout.x(0)) + 16
    let first = try #require(bars[0].attributes["x"].flatMap(Double.init))
    let second = try #require(bars[1].attributes["x"].flatMap(Double.init))
    let length = try #require(bars[1].attributes["width"].flatMap(Double.init))
    #expect(abs(first - zero) < 0.02 && abs(second + length - zero) < 0.02)
  }

  @Test func everyValueIsInOneBin() throws {
    let values = (0...100).map { Double($0) / 10 }
    for count in [nil, 1, 7, 10] {
      let bins = try #require(Bins(values, count: count, axis: ChartAxis()))
      #expect(bins.counts(values).reduce(0, +) == 101)
      #expect(bins.edge(0) == 0 && bins.edge(bins.count) == 10)
    }
    let tens = try #require(Bins(values, count: 10, axis: ChartAxis()))
    #expect(tens.counts(values) == [10, 10, 10, 10, 10, 10, 10, 10, 10, 11])
  }

  @Test func theRuleOfFreedmanAndDiaconis() throws {
    // 1000 values, quartiles 250 and 750: intervals of 2 * 500 / 10 over a span of 999.
    let bins = try #require(Bins((0..<1000).map(Double.init), count: nil, axis: ChartAxis()))
    #expect(bins.count == 10)
  }

  @Test func logarithmicBinsHaveEqualRatios() throws {
    let bins = try #require(Bins([1, 1000, -3, 0], count: 3, axis: ChartAxis(scale: .log10)))
    #expect((0...3).map { bins.edge($0) }.elementsEqual([1, 10, 100, 1000]) { abs($0 / $1 - 1) < 1e-12 })
    #expect(bins.counts([1, 5, 50, 500, 1000, 0]) == [2, 1, 2])
  }
}
