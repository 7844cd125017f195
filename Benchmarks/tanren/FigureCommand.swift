import ArgumentParser
import Foundation
import Tanren

/// Draws what Benchmarks/curves and Benchmarks/roofline describe, so that their figures look like all others.
struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure", abstract: "Draws a figure described in JSON as an SVG.")

  @Argument(help: "The description.") var path: String
  @Argument(help: "The SVG to write.") var output: String

  func run() throws {
    let description = try JSONDecoder().decode(
      FigureDescription.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    try description.grid.svg().write(toFile: output, atomically: true, encoding: .utf8)
  }
}

/// Charts side by side, of lines and points over two axes.
struct FigureDescription: Decodable {
  struct Axis: Decodable {
    var label: String
    /// `linear`, `log2` or `log10`.
    var scale: String?

    var axis: ChartAxis {
      let scales: [String: AxisScale] = ["log2": .log2, "log10": .log10]
      return ChartAxis(label, scale: scales[scale ?? ""] ?? .linear)
    }
  }

  /// Points [x, y], joined or not. Series of one name share a colour.
  struct Series: Decodable {
    var name: String
    var points: [[Double]]
    var isDashed: Bool?

    var data: [DataPoint] { points.map { DataPoint(x: $0[0], y: $0[1]) } }
  }

  struct Panel: Decodable {
    var title: String
    var x: Axis
    var y: Axis
    var lines: [Series]?
    var points: [Series]?

    var chart: Chart {
      Chart(
        title, x: x.axis, y: y.axis,
        lines: (lines ?? []).map { LineSeries($0.name, points: $0.data, dash: $0.isDashed == true ? .dashed : .solid) },
        points: (points ?? []).map { PointSeries($0.name, points: $0.data) })
    }
  }

  var title: String
  var subtitle: String
  var columns: Int?
  var panels: [Panel]

  var grid: ChartGrid { ChartGrid(title, subtitle: subtitle, panels: panels.map(\.chart), columns: columns) }
}
