import TestSupport
import Testing

@testable import Figures

/// Nothing that a file or a diverging run can hold breaks a figure.
@Suite(.tags(.unit)) struct HostileFigureTests {
  @Test func namesAreEscaped() throws {
    for name in Samples.hostileNames {
      var chart = Chart(
        name, subtitle: name, x: .init(name), y: .init(name),
        lines: [LineSeries(name, y: [1, 2]), LineSeries(name + "x", y: [2, 3])],
        points: [PointSeries(name + "y", points: [.init(x: 0, y: 0)])],
        references: [.init(.horizontal, at: 1.5, label: name, series: name), .init(.vertical, at: 1, label: name)])
      for legend in [LegendStyle.automatic, .above, .hidden] {
        chart.legend = legend
        let svg = try #require(ParsedMarkup(chart.svg()))
        #expect(svg.all("script").isEmpty)
      }
      #expect(ParsedMarkup(ChartGrid(name, panels: [chart, chart]).svg()) != nil)
      #expect(ParsedMarkup(DotPlot(name, arms: [.init(name, values: [1])]).svg()) != nil)
      #expect(ParsedMarkup(BarChart(name, categories: [name], groups: [.init(name, values: [1])]).svg()) != nil)
      #expect(ParsedMarkup(Histogram(name, samples: [.init(name, values: [1])]).svg()) != nil)
    }
    let svg = try #require(ParsedMarkup(Chart("<b> & \"c\"").svg()))
    #expect(svg.all("text").map(\.text).contains("<b> & \"c\""))
  }

  @Test func emptyFiguresAreDrawn() throws {
    #expect(ParsedMarkup(Chart().svg()) != nil)
    #expect(ParsedMarkup(Chart(lines: [LineSeries("a", y: [])], points: [PointSeries("b", points: [])]).svg()) != nil)
    #expect(ParsedMarkup(Chart(lines: [LineSeries("a", y: [.nan, .infinity])]).svg()) != nil)
    #expect(ParsedMarkup(DotPlot().svg()) != nil)
    #expect(ParsedMarkup(DotPlot(arms: [.init("a", values: [])]).svg()) != nil)
    #expect(ParsedMarkup(BarChart().svg()) != nil)
    #expect(ParsedMarkup(Histogram().svg()) != nil)
    #expect(ParsedMarkup(Histogram(samples: [.init(values: [.nan])]).svg()) != nil)
  }

  @Test func aSinglePointIsADotWithinItsAxes() throws {
    for value in Samples.hostileNumbers where value.isFinite {
      let svg = try #require(ParsedMarkup(Chart(lines: [LineSeries("a", y: [value], from: 1)]).svg()))
      #expect(svg.all("circle").count == 1)
    }
  }

  @Test(arguments: [AxisScale.linear, .log2, .log10])
  func everyPairOfNumbersIsDrawnWithFiniteCoordinates(scale: AxisScale) throws {
    for first in Samples.hostileNumbers {
      for second in Samples.hostileNumbers {
        let points = [DataPoint(x: first, y: second), DataPoint(x: second, y: first), DataPoint(x: 1, y: 1)]
        let interval = ErrorInterval(first, second)
        let chart = Chart(
          x: .init(scale: scale), y: .init(scale: scale, format: .percent),
          lines: [LineSeries("a", points: points, band: [interval, interval, interval])],
          points: [PointSeries("b", points: points, xErrors: [interval, nil], yErrors: [interval])],
          references: [.init(.horizontal, at: first, label: "r"), .init(.vertical, at: second, label: "s")])
        let text = chart.svg(size: FigureSize(width: first, height: second))
        #expect(!text.contains("nan\"") && !text.contains("inf"))
        #expect(ParsedMarkup(text) != nil)
        let rows = [first, second]
        _ = DotPlot(axis: .init(scale: scale), arms: [.init("a", values: rows, interval: interval, comparison: first)])
          .svg()
        _ = BarChart(
          axis: .init(scale: scale), categories: ["a", "b"], groups: [.init(values: rows, intervals: [interval])]
        ).svg()
        _ = Histogram(x: .init(scale: scale), samples: [.init(values: rows)]).svg()
        _ = TerminalChart(chart, width: 40, height: 8).text()
      }
    }
  }

  @Test func rangesAndColoursOutOfTheOrdinary() throws {
    for lower in Samples.hostileNumbers {
      for upper in Samples.hostileNumbers where lower <= upper {
        for scale in [AxisScale.linear, .log2, .log10] {
          let axis = ChartAxis("v", scale: scale, range: lower...upper)
          let (low, high) = Chart(y: axis, lines: [LineSeries("a", y: [1, 2])]).drawing.y.limits
          #expect(low < high && low.isFinite && high.isFinite)
        }
      }
    }
    for color in [Int.min, -1, 0, 11, 12, 1000, Int.max] {
      let chart = Chart(
        lines: [LineSeries("a", y: [1, 2], color: color)], points: [PointSeries("b", points: [], color: color)])
      #expect(ParsedMarkup(chart.svg()) != nil)
      #expect(!TerminalChart(chart).text(colors: .basic).isEmpty)
    }
  }
}
