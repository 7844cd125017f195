import TestSupport
import Testing

@testable import Figures

/// Whether what is drawn stays apart and on the page.
@Suite(.tags(.unit)) struct ChartLayoutTests {
  private static let figures: [(String, String)] = {
    var many = Samples.accuracy
    many.lines = (0..<9).map { arm in LineSeries("learning rate \(arm)", y: (0..<40).map { Double($0 * arm) * 1e4 }) }
    var plain = Samples.accuracy
    plain.legend = .above
    let losses = (0...10).map { (step: Int) -> Double in 1 / Double(1 + step * step * 50) }
    let loss = Chart(
      "Loss", x: .init("step", scale: .log2), y: .init("loss", scale: .log10),
      lines: [
        LineSeries("train", x: (0...10).map { Double(1 << $0) }, y: losses)
      ],
      references: [.init(.vertical, at: 64, label: "warmup ends"), .init(.horizontal, at: 0.01, label: "floor")])
    let dots = DotPlot(
      "Accuracy", axis: .init("accuracy", format: .percent),
      arms: ["ReLU", "所要時間"].map {
        .init($0, values: [0.97, 0.975, 0.98], interval: .init(0.971, 0.979), comparison: 0.976)
      })
    let bars = BarChart(
      "Time", axis: .init("time", format: .duration), categories: ["Tanren", "PyTorch"],
      groups: [.init("CPU", values: [15, 44]), .init("GPU", values: [5, 20])])
    let grid = ChartGrid("Study", panels: [plain, loss, many, dots], sharesX: false)
    return [
      ("accuracy", Samples.accuracy.svg()), ("wide", Samples.accuracy.svg(size: .init(width: 1400, height: 300))),
      ("narrow", Samples.accuracy.svg(size: .init(width: 360, height: 420))), ("legend", plain.svg()),
      ("many", many.svg()), ("loss", loss.svg()), ("dots", dots.svg()), ("bars", bars.svg()), ("grid", grid.svg()),
    ]
  }()

  @Test(arguments: figures)
  func noTextOverlapsAnotherOrLeavesThePage(name: String, text: String) throws {
    let svg = try #require(ParsedMarkup(text))
    let width = try #require(svg.elements[0].attributes["width"].flatMap(Double.init))
    let height = try #require(svg.elements[0].attributes["height"].flatMap(Double.init))
    var boxes: [(Rect, String)] = []
    for element in svg.all("text") {
      let style = element.attributes["class"] ?? ""
      let size = style.contains("title") ? 16.0 : style.contains("panel") ? 13 : style.contains("tick") ? 11.5 : 12
      // Without the margin of safety in the estimate.
      let length = TextMetrics.width(element.text, size: size) * 0.94
      let x = try #require(element.attributes["x"].flatMap(Double.init))
      let y = try #require(element.attributes["y"].flatMap(Double.init))
      let left =
        switch element.attributes["text-anchor"] {
        case "end": x - length
        case "middle": x - length / 2
        default: x
        }
      boxes.append((Rect(x: left, y: y - size * 0.75, width: length, height: size * 0.85), element.text))
    }
    #expect(boxes.count > 5)
    for (index, (box, text)) in boxes.enumerated() {
      #expect(box.x >= 0 && box.maxX <= width && box.y >= 0 && box.maxY <= height, "\(name): \(text) leaves the page")
      for (other, otherText) in boxes[..<index] {
        #expect(!box.intersects(other), "\(name): \(text) on \(otherText)")
      }
    }
  }

  @Test func panelsOfAGridShareLegendColoursAndAxes() throws {
    let panels = [
      Chart("one", lines: [LineSeries("a", y: [0, 1]), LineSeries("b", y: [1, 2])]),
      Chart("two", lines: [LineSeries("b", y: [5, 9])]),
    ]
    let svg = try #require(ParsedMarkup(ChartGrid("both", panels: panels, sharesY: true).svg()))
    #expect(svg.all("text").filter { $0.text == "b" }.count == 1)
    let lines = svg.styled("line").filter { $0.name == "path" }
    #expect(lines.map { $0.attributes["class"] } == ["s0 line", "s1 line", "s1 line"])
    let labels = svg.all("text").map(\.text)
    #expect(labels.filter { $0 == "8" }.count == 2)
  }

  @Test func aGridOfNothingIsAPage() throws {
    for columns in [nil, Int.min, 0, 1, Int.max] {
      #expect(ParsedMarkup(ChartGrid(panels: [], columns: columns).svg()) != nil)
      #expect(ParsedMarkup(ChartGrid(panels: [Chart(), Chart()], columns: columns).svg()) != nil)
    }
  }
}
