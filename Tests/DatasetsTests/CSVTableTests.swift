import TestSupport
import Testing

@testable import Formats

@Suite("Text in columns", .tags(.unit)) struct CSVTableTests {
  private func table(
    _ text: String, _ format: CSVFormat = CSVFormat(separator: .automatic, hasHeader: true, comment: nil)
  ) throws(DatasetError) -> CSVTable { try CSVTable.decode(Array(text.utf8), format, path: "t.csv") }

  private func rows(_ table: CSVTable) -> [[String]] {
    (0..<table.rowCount).map { row in table.columnNames.indices.map { table[row, $0] } }
  }

  private func problem(_ text: String, _ format: CSVFormat? = nil) -> DatasetProblem? {
    do throws(DatasetError) {
      if let format { _ = try table(text, format) } else { _ = try table(text) }
      return nil
    } catch {
      #expect(error.path == "t.csv")
      return error.problem
    }
  }

  /// Every rule of RFC 4180, and what spreadsheets write besides.
  @Test func readsWhatSpreadsheetsWrite() throws {
    let text =
      "\u{feff}name, note ,n\r\n\"Ada, \"\"Countess\"\"\",\"two\r\nlines\",1\r\n\r\n Bob ,,\" 2 \"\r\n\"\",x#y,3"
    let read = try table(text)
    #expect(read.columnNames == ["name", "note", "n"])
    #expect(rows(read) == [["Ada, \"Countess\"", "two\r\nlines", "1"], ["Bob", "", " 2 "], ["", "x#y", "3"]])
    // The line on which a record begins, though a field has two lines.
    #expect((0..<3).map { read.line(ofRow: $0) } == [2, 5, 6])
    #expect(read.isQuoted(row: 0, column: 0) && !read.isQuoted(row: 1, column: 0))
  }

  @Test(arguments: [
    ("a;b\n1,5;2,5\n3,5;x\n", CSVFormat.Separator.character(";"), ["1,5", "2,5"]),
    ("a\tb c\n\t1\n2\t3\n", .character("\t"), ["", "1"]),
    ("a|b\n1|2,3\n", .character("|"), ["1", "2,3"]),
    ("a,b\n\"1;2;3\",4\n", .character(","), ["1;2;3", "4"]),
    ("a b\n1 2\n", .whitespace, ["1", "2"]),
    ("temperature\n1\n2\n", .character(","), ["1"]),
  ]) func findsTheSeparator(_ text: String, _ separator: CSVFormat.Separator, _ first: [String]) throws {
    let read = try table(text)
    #expect(read.format.separator == separator && rows(read)[0] == first)
  }

  @Test func findsTheHeader() throws {
    let format = CSVFormat(separator: .automatic, hasHeader: nil)
    #expect(try table("t,x\n1,2\n", format).columnNames == ["t", "x"])
    #expect(try table("1,2\n3,4\n", format).columnNames == ["0", "1"])
    #expect(try table("1,2\n3,4\n", format).rowCount == 2)
  }

  @Test func numbersAreDecimal() {
    let point = CSVFormat()
    #expect(point.number("1.5") == 1.5 && point.number(" -2e3 ") == -2000 && point.number("+.5") == 0.5)
    for text in ["", "nan", "inf", "0x10", "1e999", "1,5", "1 2", "٣"] { #expect(point.number(text) == nil, "\(text)") }
    let comma = CSVFormat(decimal: .comma)
    #expect(comma.number("1,5") == 1.5 && comma.number("-2e3") == -2000 && comma.number("1.5") == nil)
  }

  @Test func mistakesNameTheLine() {
    #expect(problem("") == .table(.empty) && problem("\n \n") == .table(.empty))
    #expect(problem("a,b\n") == .table(.headerOnly(columns: 2)))
    #expect(problem("a,b\n1,2\n3\n") == .wrongFieldCount(line: 3, expected: 2, actual: 1))
    #expect(problem("a,b\n\"1\n\",2\n3,4,5\n") == .wrongFieldCount(line: 4, expected: 2, actual: 3))
    #expect(problem("a,b\n1,\"x\n2,3\n") == .table(.unterminatedQuote(line: 2)))
    #expect(problem("a,b\n\"x\" y,3\n") == .table(.textAfterQuote(line: 2)))
    #expect(problem("a,b,a\n1,2,3\n") == .table(.duplicateColumn(name: "a")))
  }

  @Test func otherEncodingsAreErrors() {
    func problem(_ bytes: [UInt8]) -> DatasetProblem? {
      let error = #expect(throws: DatasetError.self) {
        _ = try CSVTable.decode(bytes, CSVFormat(hasHeader: true), path: "t.csv")
      }
      return error?.problem
    }
    #expect(problem([0xff, 0xfe, 0x61, 0x00]) == .table(.notUTF8(line: 1)))
    // "größe" in Windows-1252.
    #expect(problem(Array("a,b\n1,gr".utf8) + [0xf6, 0xdf] + Array("e\n".utf8)) == .table(.notUTF8(line: 2)))
  }
}
