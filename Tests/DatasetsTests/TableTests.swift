import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets

@Suite("Tables", .tags(.unit)) struct TableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ text: String, _ change: (inout TableSource) -> Void = { _ in }) throws -> DatasetPair {
    try folder.write(text, to: "t.csv")
    var source = TableSource(path: folder("t.csv"), target: "label")
    change(&source)
    return try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil)
  }

  private func inputs(_ data: LabeledArrays) throws -> [Double] { try data.inputs.converted() }

  private struct Fixture: Decodable, CustomTestStringConvertible {
    struct Numbers: Decodable {
      let shape: [Int]
      let values: [Double]
    }
    let name: String
    let text: String
    let train: Numbers
    let test: Numbers
    var testDescription: String { name }
  }

  /// Imputed, standardized and one-hot encoded as scikit-learn does it, by statistics of the training part.
  @Test func inputsAreScikitLearns() throws {
    for fixture in try Bundle.module.decodeFixture("tables", as: [Fixture].self) {
      let pair = try load(fixture.text) {
        $0.missing = MissingRule(rawValue: fixture.name) ?? .error
        $0.split = "part"
        $0.precision = .float64
      }
      for (data, expected) in [(pair.train, fixture.train), (pair.test, fixture.test)] {
        #expect(data.inputs.shape == expected.shape && data.inputs.dtype == .float64)
        let found = try inputs(data)
        #expect(zip(found, expected.values).allSatisfy { abs($0 - $1) < 1e-12 }, "\(fixture.name): \(found)")
      }
      #expect(pair.classNames == ["no", "yes"])
      #expect(try pair.train.labels() == [1, 0, 1, 0, 0] && pair.test.labels() == [1, 0, 1])
      #expect(pair.origin.contains("classification of 'label' into 2 classes, since it holds text"))
      let single = try load(fixture.text) {
        $0.missing = MissingRule(rawValue: fixture.name) ?? .error
        $0.split = "part"
      }
      #expect(single.train.inputs.dtype == .float32)
      #expect(zip(try inputs(single.train), fixture.train.values).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  /// A spreadsheet saved in a country with decimal commas is the same table.
  @Test func decimalCommasAreAnOption() throws {
    let points = "x,y,label\n1.5,a,u\n2.5,b,v\n3.25,a,u\n-1e1,b,v\n"
    let commas = "x;y;label\n1,5;a;u\n2,5;b;v\n3,25;a;u\n-1e1;b;v\n"
    let pair = try load(points) { $0.test = 0.5 }
    #expect(try load(commas) { ($0.test, $0.layout.decimal) = (0.5, .comma) }.train == pair.train)
    let tabs = points.replacing(",", with: "\t").replacing("\n", with: "\r\n")
    #expect(try load(tabs) { $0.test = 0.5 }.train == pair.train)
  }

  @Test func theTargetDecidesTheTask() throws {
    func pair(_ labels: [String], _ task: TableTask? = nil) throws -> DatasetPair {
      try load("x,label\n" + labels.enumerated().map { "\($0),\($1)\n" }.joined()) { $0.task = task }
    }
    let few = try pair((0..<12).map { "\($0 % 3 * 5)" })
    #expect(few.classNames == ["0", "5", "10"] && few.train.classCount == 3)
    #expect(few.origin.contains("since it holds 3 different whole numbers"))
    let values = try pair((0..<12).map { "\(Double($0) / 4)" })
    #expect(values.train.classCount == nil && values.classNames.isEmpty)
    #expect(values.train.targets.shape == [10, 1] && values.train.targets.dtype == .float32)
    #expect(values.origin.contains("regression of 'label', since it holds numbers"))
    // In the column's own unit.
    let all: [Double] = try values.train.targets.converted() + values.test.targets.converted()
    #expect(all.sorted() == (0..<12).map { Double($0) / 4 })
    #expect(try pair((0..<60).map { "\($0 % 30)" }).train.classCount == nil)
    #expect(try pair((0..<12).map { "\($0 % 3)" }, .regression).train.classCount == nil)
    let named = try pair((0..<12).map { $0 % 2 == 0 ? "1.0" : "1.5" }, .classification)
    #expect(named.classNames == ["1", "1.5"])
  }

  @Test func columnsAreChosen() throws {
    let text =
      "id,a,b,code,label\n" + (0..<10).map { "n\($0),\($0),\($0 * $0),\($0 % 2),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    func features(_ change: (inout TableSource) -> Void) throws -> [String] {
      guard case .table(let encoding)? = try load(text, change).encoding else { return [] }
      return encoding.features
    }
    #expect(try features { ($0.exclude, $0.categorical) = (["id"], ["code"]) } == ["a", "b", "code=0", "code=1"])
    #expect(try features { $0.columns = ["b", "a"] } == ["b", "a"])
    let written = "table(columns: [b, a], path: t.csv, target: label)"
    let built = try Registry<any DataSource>.all.build(MethodSpec(parsing: written)) as? TableSource
    #expect(built?.columns == ["b", "a"])
    let plain = try load(text) { ($0.columns, $0.isStandardized) = (["a"], false) }
    #expect(try inputs(plain.train) + inputs(plain.test) != [] && inputs(plain.test).allSatisfy { $0 == $0.rounded() })
  }

  @Test func categoriesCanBeNumbers() throws {
    let text = "x,c,label\n" + (0..<12).map { "\($0),\(["p", "q", "r"][$0 % 3]),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    let pair = try load(text) { $0.categories = .index }
    #expect(pair.train.inputs.shape == [10, 2] && pair.encoding?.categoryCounts == [4])
    let codes = try stride(from: 1, to: 20, by: 2).map { try inputs(pair.train)[$0] }
    #expect(Set(codes) == [1, 2, 3])
    #expect(try load(text).encoding?.categoryCounts == [])
  }

  /// A saved model reads new rows by the columns' names, with the statistics of its training data.
  @Test func newRowsAreReadAsTheOldOnesWere() throws {
    let text = "x,c,label\n" + (0..<20).map { "\($0),\(["p", "q"][$0 % 2]),\($0 % 2 == 0 ? "u" : "v")\n" }.joined()
    for (categories, unknown) in [(CategoryCode.oneHot, [0.0, 0]), (.index, [0])] {
      let pair = try load(text) { ($0.categories, $0.unknown) = (categories, .ignore) }
      let encoding = try #require(pair.encoding)
      let kept = try JSONDecoder().decode(InputEncoding.self, from: JSONEncoder().encode(encoding))
      #expect(kept == encoding)
      let lines = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      let turned = "more;c;x\n" + lines.map { "?;\($0[1]);\($0[0])\n" }.joined() + ";other;3\n"
      let path = try folder.write(turned, to: "new.csv")
      let new = try kept.inputs(from: [path])
      #expect(new.names.first == "\(path):2" && new.names.last == "\(path):22")
      let all = try inputs(LabeledArrays(inputs: new.inputs, targets: new.inputs))
      let width = new.inputs.shape[1]
      #expect(Array(all.suffix(width - 1)) == unknown)
      // The same rows as in training, wherever the split has put them.
      let old = try inputs(pair.train) + inputs(pair.test)
      func rows(_ values: [Double]) -> Set<[Double]> {
        Set(stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) })
      }
      #expect(rows(Array(all.dropLast(width))) == rows(old))
    }
  }

  @Test(arguments: [
    "table(path: wine.csv, target: cultivar)",
    "table(decimal: comma, exclude: [id], fold: 3, folds: 5, groups: patient, path: a.csv, separator: semicolon, target: y)",
    "table(categories: index, missing: median, path: a.csv, split: part, target: y, task: regression, unknown: ignore)",
    "table(dtype: float64, header: false, path: a.csv, seed: 7, standardized: false, stratified: false, target: \"3\", test: 0.3)",
  ]) func settingsAreWrittenBack(_ text: String) throws {
    #expect(try Registry<any DataSource>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  @Test(arguments: [
    "table(path: a.csv)", "table(target: y)", "table(path: a.csv, target: y, fold: 1)",
    "table(path: a.csv, target: y, folds: 1)", "table(path: a.csv, target: y, test: 1)",
    "table(path: a.csv, target: y, split: part, groups: g)", "table(path: a.csv, target: y, missing: zero)",
  ]) func settingsThatMakeNoSense(_ text: String) {
    #expect(throws: ConfigurationError.self) { try Registry<any DataSource>.all.build(MethodSpec(parsing: text)) }
  }
}
