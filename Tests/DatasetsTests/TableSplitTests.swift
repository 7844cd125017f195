import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Splits of tables", .tags(.unit)) struct TableSplitTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Rows are told apart by their only input, their number.
  private func parts(
    _ rows: [String], header: String, _ change: (inout TableSource) -> Void
  ) throws -> (train: [Int], test: [Int], pair: DatasetPair) {
    let text = "x,\(header)\n" + rows.enumerated().map { "\($0),\($1)\n" }.joined()
    try folder.write(text, to: "t.csv")
    var source = TableSource(path: folder("t.csv"), target: "y")
    source.isStandardized = false
    change(&source)
    let pair = try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil)
    func numbers(_ data: LabeledArrays) throws -> [Int] { try data.inputs.values(as: Float.self).map { Int($0) } }
    return (try numbers(pair.train), try numbers(pair.test), pair)
  }

  /// 60 records of class a, 30 of b, 10 of c.
  private static let classes = (0..<100).map { $0 % 10 < 6 ? "a" : $0 % 10 < 9 ? "b" : "c" }

  @Test func classesKeepTheirProportions() throws {
    let (train, test, pair) = try parts(Self.classes, header: "y") { $0.test = 0.25 }
    #expect(Set(train).isDisjoint(with: test) && train.count + test.count == 100 && test.count == 25)
    #expect(train == train.sorted() && test == test.sorted())
    let counts = Dictionary(grouping: try pair.test.labels(), by: { $0 }).mapValues(\.count)
    #expect(counts == [0: 15, 1: 8, 2: 2] || counts == [0: 15, 1: 7, 2: 3])
    #expect(try parts(Self.classes, header: "y") { ($0.test, $0.seed) = (0.25, 1) }.test != test)
    #expect(try parts(Self.classes, header: "y") { $0.test = 0.25 }.test == test)
  }

  @Test(arguments: [true, false]) func eachRowIsInOneFold(_ stratified: Bool) throws {
    var seen: [Int] = []
    for fold in 0..<7 {
      let (train, test, pair) = try parts(Self.classes, header: "y") {
        ($0.fold, $0.folds, $0.isStratified) = (fold, 7, stratified)
      }
      #expect(train.count + test.count == 100 && (14...15).contains(test.count))
      if stratified {
        let counts = Dictionary(grouping: try pair.test.labels(), by: { $0 }).mapValues(\.count)
        #expect(
          (8...9).contains(counts[0] ?? 0) && (4...5).contains(counts[1] ?? 0) && (1...2).contains(counts[2] ?? 0))
      }
      #expect(pair.origin.contains("fold \(fold) of 7"))
      seen += test
    }
    #expect(seen.sorted() == Array(0..<100))
    // A further repetition has another order.
    let again = try parts(Self.classes, header: "y") { ($0.fold, $0.folds) = (7, 7) }
    #expect(try again.test != parts(Self.classes, header: "y") { $0.folds = 7 }.test)
  }

  @Test func groupsStayTogether() throws {
    let rows = (0..<60).map { "\(Double($0) / 7),p\($0 % 11)" }
    var seen: [Int] = []
    for fold in 0..<4 {
      let (train, test, pair) = try parts(rows, header: "y,patient") {
        ($0.groups, $0.folds, $0.fold) = ("patient", 4, fold)
      }
      #expect(Set(train.map { $0 % 11 }).isDisjoint(with: test.map { $0 % 11 }))
      #expect((10...20).contains(test.count) && pair.train.inputs.shape[1] == 1)
      seen += test
    }
    #expect(seen.sorted() == Array(0..<60))
    let (train, test, _) = try parts(rows, header: "y,patient") { ($0.groups, $0.test) = ("patient", 0.3) }
    #expect(Set(train.map { $0 % 11 }).isDisjoint(with: test.map { $0 % 11 }) && (18...24).contains(test.count))
  }

  @Test func aColumnDecides() throws {
    let rows = (0..<9).map { "\(Double($0) / 3),\(["train", "Val", "test"][$0 % 3])" }
    let (train, test, pair) = try parts(rows, header: "y,part") { $0.split = "part" }
    #expect(train == [0, 3, 6] && test == [2, 5, 8] && pair.origin.contains("3 rows left out"))
    // Without test rows, validation rows are tested on.
    let two = (0..<9).map { "\(Double($0) / 3),\($0 % 3 == 0 ? "valid" : "training")" }
    #expect(try parts(two, header: "y,part") { $0.split = "part" }.test == [0, 3, 6])
  }

  /// What the test rows hold changes nothing of the training rows' inputs.
  @Test func statisticsAreOfTheTrainingPart() throws {
    func text(_ value: String) -> String {
      "x,y,part\n1,a,train\n2,b,train\n4,a,train\n\(value),b,test\n"
    }
    func pair(_ value: String) throws -> DatasetPair {
      try folder.write(text(value), to: "t.csv")
      var source = TableSource(path: folder("t.csv"), target: "y")
      source.split = "part"
      return try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil)
    }
    let (near, far) = (try pair("3"), try pair("30000"))
    #expect(near.train == far.train && near.test != far.test)
    let values = try near.train.inputs.values(as: Float.self)
    #expect(abs(values.reduce(0, +)) < 1e-6 && abs(values.map { $0 * $0 }.reduce(0, +) - 3) < 1e-5)
  }
}
