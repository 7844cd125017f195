import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct TextTableTests {
  private var results: TextTable {
    var table = TextTable([
      "arm", .init("学習正解", .decimal), .init("テスト最高", .decimal), .init("TS95%", .right), .init("所要時間", .center),
    ])
    table.append(["ReLU", "100.00", "97.88", "2", "41s"])
    table.append([.init("h-swish", style: .strong), "99.9", .init("97.965", style: .strong), "4", "1m33s"])
    table.append(["published", "100", "-"])
    return table
  }

  @Test func terminalColumnsAlignAcrossWideCharacters() {
    #expect(
      results.text() == """
        arm        学習正解  テスト最高  TS95%  所要時間
        ─────────  ────────  ──────────  ─────  ────────
        ReLU         100.00      97.88       2    41s
        h-swish       99.9       97.965      4   1m33s
        published    100          -

        """)
  }

  @Test func coloursDoNotMoveColumns() {
    let colored = results.text(colors: .basic)
    #expect(colored.contains("\u{1B}[1mh-swish\u{1B}[0m       99.9 "))
    var plain = colored
    for code in ["\u{1B}[1m", "\u{1B}[0m"] { plain = plain.replacing(code, with: "") }
    #expect(plain == results.text())
  }

  @Test func withoutHeaderThereIsNoRule() {
    var table = TextTable(["", .init("", .right)])
    table.append(["input", "784"])
    table.append(["affine1", "100", "extra"])
    #expect(table.text() == "input    784\naffine1  100  extra\n")
    #expect(TextTable([]).text() == "")
    #expect(TextTable([]).markdown() == "")
  }

  @Test func cellsCannotSteerTheTerminal() {
    var table = TextTable(["a"])
    table.append(["x\u{1B}[2Jy\r\nz\u{7}"])
    #expect(table.text() == "a\n─────────\nx\u{FFFD}[2Jy z\u{FFFD}\n")
  }

  @Test func markdown() {
    var table = TextTable(["a|b", .init("value", .decimal)])
    table.append([.init("x*y_z", style: .strong), "1.5"])
    table.append(["<b>\n`c` \\", ""])
    #expect(
      table.markdown() == """
        | a\\|b | value |
        | :--- | ---: |
        | **x\\*y\\_z** | 1.5 |
        | &lt;b&gt;<br>\\`c\\` \\\\ |  |

        """)
  }

  @Test func csvFollowsRFC4180() {
    var table = TextTable(["a", "b,c"])
    table.append(["say \"hi\"", "line\nbreak"])
    table.append(["所要時間", " x "])
    table.append(["cr\r\nlf"])
    #expect(
      table.csv() == "a,\"b,c\"\r\n\"say \"\"hi\"\"\",\"line\nbreak\"\r\n所要時間, x \r\n\"cr\r\nlf\",\r\n")
  }

  @Test func latexIsEscaped() {
    var table = TextTable(["a_b", .init("%", .right)])
    table.append(["x & y \\ {z} #1 $ ^ ~ <>", "[1] ± −2"])
    #expect(
      table.latex() == """
        \\begin{tabular}{lr}
          \\toprule
          a\\_b & \\% \\\\
          \\midrule
          x \\& y \\textbackslash{} \\{z\\} \\#1 \\$ \\textasciicircum{} \\textasciitilde{} \\textless{}\\textgreater{} \
        & {[}1{]} $\\pm$ $-$2 \\\\
          \\bottomrule
        \\end{tabular}

        """)
  }

  @Test func htmlIsEscapedAndWellFormed() throws {
    var table = TextTable(Samples.hostileNames.map { TableColumn($0, .center) })
    table.append(Samples.hostileNames.map { TableCell($0, style: .positive) })
    table.append(["<td>"])
    let html = try #require(ParsedMarkup(table.html()))
    #expect(html.all("script").isEmpty)
    #expect(html.all("td").count == 2 * Samples.hostileNames.count)
    #expect(html.all("td")[0].attributes["class"] == "positive")
    #expect(html.all("td")[Samples.hostileNames.count].text == "<td>")
  }
}

@Suite(.tags(.unit)) struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("所要時間", 8), ("正解率 97%", 10), ("ｶﾞ", 2), ("が", 2), ("e\u{301}", 1), ("한글", 4),
    ("👩‍👩‍👧‍👦", 2), ("🇯🇵", 2), ("❤️", 2), ("Ａ１", 4), ("−±×", 3), ("⣿", 1), ("\u{200B}", 0), ("\u{1B}", 0), ("…", 1),
  ])
  func columns(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func truncation() {
    #expect(TerminalText.truncated("所要時間", columns: 8) == "所要時間")
    #expect(TerminalText.truncated("所要時間", columns: 7) == "所要時…")
    #expect(TerminalText.truncated("所要時間", columns: 6) == "所要…")
    #expect(TerminalText.truncated("abc", columns: 1) == "…")
    #expect(TerminalText.truncated("abc", columns: 0) == "")
  }
}
