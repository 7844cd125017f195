import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Series from text", .tags(.engine))
struct CSVSeriesTests {
  private func read(_ text: String, _ format: CSVFormat = CSVFormat()) throws(DatasetError) -> CSVSeries {
    try CSVSeries.decode(Array(text.utf8), format, path: "series.csv")
  }

  private func problem(_ text: String, _ format: CSVFormat = CSVFormat()) -> DatasetProblem? {
    do throws(DatasetError) {
      _ = try read(text, format)
      return nil
    } catch {
      #expect(error.path == "series.csv")
      return error.problem
    }
  }

  private func table(_ values: [Double], _ columns: Int) throws -> HostArray {
    try HostArray(values, shape: [values.count / columns, columns])
  }

  @Test func readsTables() throws {
    let expected = try table([1, 2.5, -3e2, 4], 2)
    #expect(try read("1,2.5\n-3e2,4\n").values == expected)
    #expect(try read("\u{feff}# a comment\r\n\r\n 1 , 2.5\r\n\"-3e2\",4").values == expected)
    #expect(try read("1\t 2.5\n -3e2   4", CSVFormat(separator: .whitespace)).values == expected)
    #expect(try read("1→2.5\n-3e2→4", CSVFormat(separator: .character("→"))).values == expected)
    #expect(try read("1\r2\r3").values == table([1, 2, 3], 1))
    #expect(try read("5").values == table([5], 1))
  }

  @Test func choosesColumns() throws {
    let text = "time, \"flow\" ,note\n1,10,a\n2,20,b\n"
    let byName = try read(text, CSVFormat(hasHeader: true, columns: .names(["flow", "time"])))
    #expect(byName.values == (try table([10, 1, 20, 2], 2)))
    #expect(byName.columnNames == ["flow", "time"])
    let byIndex = try read(text, CSVFormat(hasHeader: true, columns: .indices([0])))
    #expect(byIndex.values == (try table([1, 2], 1)))
    #expect(try read("1,x,3", CSVFormat(columns: .indices([2, 0]))).values == table([3, 1], 2))
  }

  @Test func tellsLineAndColumn() {
    #expect(problem("# note\n1,2\n3,four\n") == .malformedField(line: 3, column: 1, text: "four"))
    #expect(problem("1\n\r\nnan") == .malformedField(line: 3, column: 0, text: "nan"))
    #expect(problem("1,,2") == .malformedField(line: 1, column: 1, text: ""))
    #expect(problem("1e999") == .malformedField(line: 1, column: 0, text: "1e999"))
    #expect(problem("1,2\n3\n") == .wrongFieldCount(line: 2, expected: 2, actual: 1))
    #expect(problem("a,b\n1,2,3\n", CSVFormat(hasHeader: true)) == .wrongFieldCount(line: 2, expected: 2, actual: 3))
    #expect(
      problem(String(repeating: "x", count: 90))
        == .malformedField(line: 1, column: 0, text: String(repeating: "x", count: 40) + "…"))
  }

  @Test func tellsMissingColumnsAndRows() {
    #expect(
      problem("a,b\n1,2", CSVFormat(hasHeader: true, columns: .names(["c"])))
        == .missingColumn(name: "'c'", available: ["a", "b"]))
    #expect(
      problem("1,2", CSVFormat(columns: .indices([0, -1])))
        == .missingColumn(name: "-1", available: ["0", "1"]))
    #expect(problem("1,2", CSVFormat(columns: .names(["a"]))) == .missingColumn(name: "'a'", available: ["0", "1"]))
    for text in ["", "\n\n", "# only comments"] { #expect(problem(text) == .table(.empty)) }
    #expect(problem("a,b", CSVFormat(hasHeader: true)) == .table(.headerOnly(columns: 2)))
    #expect(problem("1,2", CSVFormat(columns: .indices([]))) == .noRows)
  }

  @Test(.enabled(if: Locations.data("timeseries") != nil)) func readsRealSeries() throws {
    let folder = try #require(Locations.data("timeseries")) + "/timeseries/"
    let sunspots = try CSVSeries.read(
      folder + "sunspots-monthly-silso-v2.csv",
      CSVFormat(separator: .character(";"), columns: .indices([2, 3])))
    #expect(sunspots.values.shape == [3296, 2])
    let values = try sunspots.values.values(as: Double.self)
    #expect(Array(values.prefix(4)) == [1749.042, 96.7, 1749.123, 104.3])
    #expect(Array(values.suffix(2)) == [2023.623, 114.9])

    let mackeyGlass = try CSVSeries.read(folder + "mackey-glass-tau17.txt")
    #expect(mackeyGlass.values.shape == [10_000, 1])
    #expect(try mackeyGlass.values.values(as: Double.self)[0] == 1.220639965678425032e-01)

    let laser = try CSVSeries.read(folder + "santa-fe-laser-a.txt")
    #expect(laser.values.shape == [10_093, 1])
    #expect(try laser.values.values(as: Double.self).prefix(3) == [86, 141, 95])

    let vowels = try CSVSeries.read(folder + "japanese-vowels.train", CSVFormat(separator: .whitespace))
    #expect(vowels.values.shape[1] == 12)
  }
}
