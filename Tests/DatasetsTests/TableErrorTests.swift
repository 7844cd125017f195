import Foundation
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

/// Tables that make no sense as training data: what is wrong, where, and what to do.
@Suite("Bad tables", .tags(.unit)) struct TableErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func problem(
    _ text: String, target: String = "y", _ change: (inout TableSource) -> Void = { _ in }
  ) throws -> DatasetProblem? {
    let path = try folder.write(text, to: "t.csv")
    var source = TableSource(path: path, target: target)
    change(&source)
    do {
      _ = try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil)
      return nil
    } catch let error as DatasetError {
      #expect(error.path == path)
      #expect("\(error)".hasSuffix("."), "\(error)")
      return error.problem
    }
  }

  private static let rows = (0..<20).map { "\($0),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()

  @Test func theFile() throws {
    #expect(try problem("") == .table(.empty))
    #expect(try problem("x,y\n") == .table(.headerOnly(columns: 2)))
    #expect(try problem("x,y\n1,u\n2\n") == .wrongFieldCount(line: 3, expected: 2, actual: 1))
    #expect(try problem("x,y\n1,u\n2,v,3\n") == .wrongFieldCount(line: 3, expected: 2, actual: 3))
    #expect(try problem("x,y\n1,\"u\n") == .table(.unterminatedQuote(line: 2)))
    #expect(try problem("x,y,x\n1,u,2\n") == .table(.duplicateColumn(name: "x")))
    let missing = TableSource(path: folder("none.csv"), target: "y")
    let error = #expect(throws: DatasetError.self) { try missing.load(from: DataFolders(), progress: nil) }
    #expect(error?.problem == .unreadable(reason: "there is no such file or folder"))
  }

  @Test func theTarget() throws {
    #expect(
      try problem("x,y\n" + Self.rows, target: "z") == .missingColumn(name: "'z'", available: ["x", "y"]))
    #expect(try problem("x,y\n1,u\n2,u\n") == .table(.constantTarget(column: "y", value: "u")))
    #expect(try problem("x,y\n1,3\n2,3.0\n") == .table(.constantTarget(column: "y", value: "3")))
    #expect(
      try problem("x,y\n1,u\n2,\n3,v\n4,\n") == .table(.missingValue(column: "y", line: 3, count: 2)))
    #expect(
      try problem("x,y\n" + Self.rows + "20,w\n") == .table(.rareClass(column: "y", name: "w", line: 22)))
    #expect(try problem("x,y\n" + Self.rows + "20,w\n21,w\n") == nil)
    #expect(
      try problem("x,y\n1,2.5\n2,3.5\n3,high\n4,1.5\n")
        == .table(.targetNotNumber(column: "y", line: 4, text: "high")))
    #expect(
      try problem("x,y,part\n1,u,train\n2,v,train\n3,w,test\n") { $0.split = "part" }
        == .table(.classWithoutTraining(column: "y", name: "w", line: 4)))
  }

  @Test func theColumns() throws {
    let dates = (1...20).map { "2024-05-\($0),\($0),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    #expect(
      try problem("day,x,y\n" + dates) == .table(.dates(column: "day", line: 2, text: "2024-05-1")))
    #expect(try problem("day,x,y\n" + dates) { $0.exclude = ["day"] } == nil)
    let message = DatasetError(.table(.dates(column: "day", line: 2, text: "2024-05-1")), path: "t.csv").description
    #expect(
      message.hasPrefix("t.csv: column 'day', line 2: '2024-05-1' is a date") && message.contains("exclude: [day]"))
    let empty = (0..<20).map { "\($0),NA,\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    for rule in [MissingRule.error, .drop, .mean, .indicator] {
      #expect(try problem("x,e,y\n" + empty) { $0.missing = rule } == .table(.allMissing(column: "e")))
    }
    let some = Self.rows.replacing("\n7,", with: "\n,").replacing("\n17,", with: "\nn/a,")
    #expect(try problem("x,y\n" + some) == .table(.missingValue(column: "x", line: 9, count: 2)))
    #expect(try problem("x,y\n" + some) { $0.missing = .drop } == nil)
    let words = Self.rows.replacing("3,", with: "three,")
    #expect(try problem("x,y\n" + words) == .table(.notNumber(column: "x", line: 5, text: "three")))
    #expect(try problem("x,y\n" + words) { ($0.categorical, $0.unknown) = (["x"], .ignore) } == nil)
    let names = (0..<80).map { "name \($0),\($0),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    #expect(try problem("id,x,y\n" + names) == .table(.manyCategories(column: "id", count: 64, rows: 64)))
    #expect(try problem("x,y\n" + Self.rows) { $0.exclude = ["x"] } == .table(.noInputs))
    #expect(
      try problem("x,y,part\n1,u,train\n2,v,tset\n") { $0.split = "part" }
        == .table(.unknownPart(column: "part", line: 3, text: "tset")))
    #expect(
      try problem("x,y,part\n1,u,train\n2,v,train\n") { $0.split = "part" } == .table(.emptyPart(name: "test")))
  }

  /// A spreadsheet with decimal commas is recognized, whichever separator it has.
  @Test func decimalCommas() throws {
    let rows = (0..<10).map { "\($0),5;\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    let expected = DatasetProblem.table(.otherDecimal(column: "x", line: 2, text: "0,5", mark: .point))
    #expect(try problem("x;y\n" + rows) == expected && expected.remedy.contains("decimal: comma"))
    #expect(try problem("x;y\n" + rows) { $0.layout.decimal = .comma } == nil)
    let points = rows.replacing(",", with: ".")
    #expect(
      try problem("x;y\n" + points) { $0.layout.decimal = .comma }
        == .table(.otherDecimal(column: "x", line: 2, text: "0.5", mark: .comma)))
    let thousands = (1..<10).map { "\"1,00\($0).5\",\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    #expect(
      try problem("x,y\n" + thousands)
        == .table(.otherDecimal(column: "x", line: 2, text: "1,001.5", mark: .point)))
  }

  /// Categories that training hasn't seen: in test rows, and in new ones.
  @Test func unknownCategories() throws {
    let text = "c,y,part\np,u,train\nq,v,train\nr,u,test\n"
    let expected = DatasetProblem.table(.unknownCategory(column: "c", line: 4, text: "r", known: ["p", "q"]))
    #expect(try problem(text) { $0.split = "part" } == expected)
    var source = TableSource(path: folder("t.csv"), target: "y")
    (source.split, source.unknown) = ("part", .ignore)
    let folders = DataFolders(searched: [], cache: "", allowsDownload: false)
    let pair = try source.load(from: folders, progress: nil)
    #expect(try pair.test.inputs.values(as: Float.self) == [0, 0])

    source.unknown = .error
    try folder.write("c,y,part\np,u,train\nq,v,train\nq,u,test\n", to: "t.csv")
    let encoding = try #require(try source.load(from: folders, progress: nil).encoding)
    let new = try folder.write("c\np\nq\nz\n", to: "new.csv")
    #expect(
      throws: DatasetError(.table(.unknownCategory(column: "c", line: 4, text: "z", known: ["p", "q"])), path: new)
    ) { try encoding.inputs(from: [new]) }
    try folder.write("d\np\n", to: "new.csv")
    #expect(throws: DatasetError(.missingColumn(name: "'c'", available: ["d"]), path: new)) {
      try encoding.inputs(from: [new])
    }
    try folder.write("c\n\"\"\n", to: "new.csv")
    #expect(throws: DatasetError(.table(.missingValue(column: "c", line: 2, count: 1)), path: new)) {
      try encoding.inputs(from: [new])
    }
  }
}
