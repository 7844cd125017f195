import Foundation
import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct TerminalTests {
  private func terminal(_ isTerminal: Bool, _ environment: [String: String], columns: Int = 0) -> Terminal {
    Terminal(.standardOutput, isTerminal: isTerminal, columns: columns, lines: 0, environment: environment)
  }

  @Test func coloursAreForTerminalsThatHaveThem() {
    #expect(terminal(true, ["TERM": "xterm"]).colors == .basic)
    #expect(terminal(true, ["TERM": "xterm-256color"]).colors == .extended)
    #expect(terminal(true, ["TERM": "xterm", "COLORTERM": "truecolor"]).colors == .extended)
    #expect(terminal(true, ["TERM": "dumb"]).colors == .none)
    #expect(terminal(true, [:]).colors == .none)
    #expect(terminal(false, ["TERM": "xterm"]).colors == .none)
  }

  @Test func noColorWinsAndForceWorksWithoutATerminal() {
    #expect(terminal(true, ["TERM": "xterm", "NO_COLOR": "1"]).colors == .none)
    #expect(terminal(true, ["TERM": "xterm", "NO_COLOR": ""]).colors == .basic)
    #expect(terminal(false, ["CLICOLOR_FORCE": "1"]).colors == .basic)
    #expect(terminal(false, ["FORCE_COLOR": "0", "TERM": "xterm"]).colors == .none)
    #expect(terminal(false, ["FORCE_COLOR": "1", "NO_COLOR": "1"]).colors == .none)
  }

  @Test func sizesComeFromTheSystemThenTheEnvironment() {
    #expect(terminal(true, ["COLUMNS": "120"], columns: 90).width == 90)
    #expect(terminal(false, ["COLUMNS": "120"]).width == 120)
    for text in ["", "x", "-4", "0", "99999999999999999999"] { #expect(terminal(false, ["COLUMNS": text]).width == 80) }
    #expect(Terminal(isInteractive: false, width: -5, height: 0).width == 1)
  }

  @Test func dumbTerminalsAreNotInteractive() {
    #expect(terminal(true, ["TERM": "xterm"]).isInteractive)
    #expect(!terminal(true, ["TERM": "dumb"]).isInteractive)
    #expect(!terminal(false, ["TERM": "xterm"]).isInteractive)
  }

  @Test func theCurrentTerminalCanBeAsked() {
    for stream in [Terminal.Stream.standardOutput, .standardError] {
      let terminal = Terminal.current(stream)
      #expect(terminal.stream == stream && terminal.width > 0 && terminal.height > 0)
    }
  }
}

@Suite(.tags(.unit)) struct TerminalChartTests {
  @Test func aLineOfDots() {
    let chart = Chart(
      "Loss", x: .init("epoch"), y: .init("loss"), lines: [LineSeries("train", y: [4, 3, 2, 1, 0], from: 1)])
    #expect(
      TerminalChart(chart, width: 26, height: 5).text() == """
        Loss
        loss
        4 ┤⠒⠤⣀⡀
          │   ⠈⠑⠢⠤⣀⡀
        2 ┤        ⠈⠑⠒⠤⣀
          │             ⠉⠑⠒⠤⣀⡀
        0 ┤                  ⠈⠑⠢⠤⣀
          └─────┬──────────┬──────
                2          4
                    epoch
        ━━ train

        """)
  }

  @Test func linesHaveLettersWithoutColoursAndColoursWithoutLetters() {
    let text = TerminalChart(Samples.accuracy, width: 70).text()
    #expect(text.contains("a ReLU   b Swish   c h-swish   d Mish   e TanhExp"))
    #expect(!text.contains("\u{1B}"))
    let colored = TerminalChart(Samples.accuracy, width: 70).text(colors: .extended)
    #expect(colored.contains("\u{1B}[38;5;33m━━\u{1B}[0m ReLU"))
  }

  @Test(arguments: [24, 40, 80, 133])
  func noLineIsWiderThanAskedOrEndsInSpaces(width: Int) {
    var chart = Samples.accuracy
    chart.lines[0].name = String(repeating: "長い名前", count: 80)
    chart.title = chart.lines[0].name
    for line in TerminalChart(chart, width: width, height: 6).text().split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      #expect(DisplayWidth.of(String(line)) <= width)
      #expect(line.last != " ")
    }
  }

  @Test func brailleBitsFollowUnicode() {
    // U+2800 plus one bit for each dot, in the order of the Unicode standard's chart.
    var canvas = BrailleCanvas(columns: 1, rows: 1)
    let order: [(Double, Double, UInt32)] = [
      (0, 0, 0x01), (0, 1, 0x02), (0, 2, 0x04), (1, 0, 0x08), (1, 1, 0x10), (1, 2, 0x20), (0, 3, 0x40), (1, 3, 0x80),
    ]
    var sum: UInt32 = 0x2800
    for (x, y, bit) in order {
      canvas.set(Pixel(x: x, y: y), slot: 0)
      sum += bit
      #expect(canvas.cells[0].character.unicodeScalars.first?.value == sum)
    }
    canvas.set(Pixel(x: 9, y: -1), slot: 0)
    #expect(canvas.cells.count == 1)
  }

  @Test func sizesOutOfTheOrdinary() {
    for size in [Int.min, -1, 0, 1, Int.max] {
      #expect(!TerminalChart(Samples.accuracy, width: size, height: size).text().isEmpty)
      #expect(!TerminalChart(Chart(), width: size, height: size).text().isEmpty)
    }
  }
}
