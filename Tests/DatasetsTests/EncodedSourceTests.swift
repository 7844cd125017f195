import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

/// Files that are read with a saved model's statistics, categories and classes.
@Suite("Files read as a model's data were", .tags(.unit)) struct EncodedSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let folders = DataFolders(searched: [], cache: "", allowsDownload: false)

  private func trained(_ source: some DataSource) throws -> DatasetPair {
    try source.load(from: folders, progress: nil)
  }

  /// As `tanren evaluate` reads a file.
  private func read(
    _ source: some EncodedSource, as pair: DatasetPair, given: Set<String> = []
  ) throws -> LabeledArrays {
    let encoding = try #require(pair.encoding)
    return try #require(
      try source.records(encodedBy: encoding, classNames: pair.classNames, given: given, from: folders)
    ).records
  }

  private func problem(_ read: () throws -> LabeledArrays) throws -> DatasetProblem? {
    try #require(throws: DatasetError.self) { _ = try read() }.problem
  }

  private func table(_ target: String = "y", _ change: (inout TableSource) -> Void = { _ in }) throws -> DatasetPair {
    let rows = (0..<40).map { "\($0),\(["p", "q"][$0 % 2]),\(["u", "v", "w"][$0 % 3]),\(3.5 * Double($0))\n" }
    var source = TableSource(path: try folder.write("x,c,y,z\n" + rows.joined(), to: "t.csv"), target: target)
    source.exclude = [target == "y" ? "z" : "y"]
    change(&source)
    return try trained(source)
  }

  @Test func tablesHaveTheModelsStatisticsAndClasses() throws {
    let pair = try table()
    guard case .table(let encoding)? = pair.encoding, let x = encoding.columns[0].numbers else {
      Issue.record("no table")
      return
    }
    // Another order of columns and rows, one class alone, and numbers of another size.
    let path = try folder.write("y;c;x\nw;q;100\nw;p;-7.5\n", to: "new.csv")
    let new = try read(TableSource(path: path, target: "y"), as: pair)
    #expect(try new.labels() == [2, 2] && new.classCount == 3)
    let expected = [(100 - x.mean) / x.scale, 0, 1, (-7.5 - x.mean) / x.scale, 1, 0]
    #expect(distance(try new.inputs.converted(), expected) < 1e-5)
    // The file itself, as a whole and divided as for training.
    var same = TableSource(path: folder("t.csv"), target: "y")
    same.exclude = ["z"]
    #expect(try read(same, as: pair).count == 40)
    #expect(try read(same, as: pair, given: ["test"]) == pair.test)
    // A column of parts needs no training rows.
    let parts = try folder.write("x,c,y,part\n1,p,u,test\n2,q,v,val\n3,q,w,test\n", to: "parts.csv")
    var divided = TableSource(path: parts, target: "y")
    divided.split = "part"
    #expect(try read(divided, as: pair, given: ["split"]).labels() == [0, 2])
  }

  @Test func tablesNameWhatTheModelDoesNotKnow() throws {
    let pair = try table()
    func problem(_ text: String, _ change: (inout TableSource) -> Void = { _ in }) throws -> DatasetProblem? {
      var source = TableSource(path: try folder.write(text, to: "new.csv"), target: "y")
      change(&source)
      return try self.problem { try read(source, as: pair) }
    }
    #expect(
      try problem("x,c,more,y\n1,p,3,u\n") == .table(.unknownColumn(name: "more", known: ["x", "c"])))
    #expect(try problem("x,y\n1,u\n") == .missingColumn(name: "'c'", available: ["x", "y"]))
    #expect(
      try problem("x,c,y\n1,p,u\n2,q,other\n")
        == .table(.unknownClass(column: "y", line: 3, text: "other", known: ["u", "v", "w"])))
    #expect(
      try problem("x,c,y\n1,r,u\n")
        == .table(.unknownCategory(column: "c", line: 2, text: "r", known: ["p", "q"])))
    #expect(try problem("x,c,y\n,p,u\n") == .table(.missingValue(column: "x", line: 2, count: 1)))
    let path = try folder.write("x,c,y\n,p,u\n4,q,\n5,q,w\n", to: "gaps.csv")
    var dropping = TableSource(path: path, target: "y")
    dropping.missing = .drop
    #expect(try read(dropping, as: pair).labels() == [2])
    #expect("\(DatasetError(.table(.unknownColumn(name: "a b", known: ["x"]))))".contains("exclude: [\"a b\"]"))
  }

  /// Numbers stay one class however they are written, and values have the model's scale.
  @Test func classesOfNumbersAndValues() throws {
    let rows = (0..<30).map { "\($0),\($0 % 2 == 0 ? "1" : "2.5")\n" }.joined()
    var source = TableSource(path: try folder.write("x,y\n" + rows, to: "n.csv"), target: "y")
    source.task = .classification
    let classes = try trained(source)
    let path = try folder.write("x,y\n1,2.50\n2,1.0\n", to: "new.csv")
    #expect(try read(TableSource(path: path, target: "y"), as: classes).labels() == [1, 0])

    let values = try table("z") { ($0.isTargetStandardized, $0.precision) = (true, .float64) }
    guard case .table(let encoding)? = values.encoding, let scale = encoding.target.scale else {
      Issue.record("no scale")
      return
    }
    let new = try folder.write("x,c,z\n1,p,1000\n", to: "values.csv")
    let target: [Double] = try read(TableSource(path: new, target: "z"), as: values).targets.converted()
    #expect(distance(target, [(1000 - scale.mean) / scale.deviation]) < 1e-12)
    let restored: [Double] = try #require(values.encoding).restored(values.train.targets).converted()
    #expect(restored.min() == 0 || restored.max() == 3.5 * 39 || restored.allSatisfy { $0 >= 0 })
    let text = try folder.write("x,c,z\n1,p,high\n", to: "text.csv")
    #expect(
      try problem { try read(TableSource(path: text, target: "z"), as: values) }
        == .table(.notNumber(column: "z", line: 2, text: "high")))
    #expect(throws: DatasetError(.table(.standardizedClasses(column: "y")), path: folder("t.csv"))) {
      try table { $0.isTargetStandardized = true }
    }
  }

  @Test func seriesHaveTheModelsScales() throws {
    var source = SeriesSource(
      path: try folder.write("a,b\n" + (0..<50).map { "\($0),\($0 * $0)\n" }.joined(), to: "s.csv"))
    (source.columns, source.targets, source.window, source.isStandardized) = (["a"], ["b"], 3, true)
    let pair = try trained(source)
    guard case .series(let encoding)? = pair.encoding else {
      Issue.record("no series")
      return
    }
    let path = try folder.write("b,a\n" + (0..<10).map { "\($0),\(100 + $0)\n" }.joined(), to: "new.csv")
    let new = try read(SeriesSource(path: path), as: pair)
    #expect(new.inputs.shape == [7, 3, 1] && new.targets.shape == [7, 1])
    let (input, target) = (encoding.inputScales[0], encoding.targetScales[0])
    #expect(
      distance(
        Array(try new.inputs.converted().prefix(3)), (100..<103).map { (Double($0) - input.mean) / input.deviation })
        < 1e-12)
    #expect(
      distance(try new.targets.converted(), (3..<10).map { (Double($0) - target.mean) / target.deviation }) < 1e-12)
    #expect(try read(source, as: pair, given: ["train"]) == pair.test)
    source.test = 4
    #expect(try read(source, as: pair, given: ["test"]).count == 4)
    let wide = try folder.write("a,b,time\n1,2,3\n4,5,6\n7,8,9\n9,9,9\n", to: "wide.csv")
    #expect(
      try problem { try read(SeriesSource(path: wide), as: pair) }
        == .table(.unknownColumn(name: "time", known: ["a", "b"])))
    var excluding = SeriesSource(path: wide)
    excluding.exclude = ["time"]
    #expect(try read(excluding, as: pair).count == 1)
    let short = try folder.write("a,b\n1,2\n4,5\n", to: "short.csv")
    #expect(throws: DatasetError.self) { try read(SeriesSource(path: short), as: pair) }
    #expect(
      try SeriesSource(path: path).records(
        encodedBy: .images(ImageEncoding(size: 3)), classNames: [], given: [], from: folders) == nil)
  }

  private func draw(_ name: String, _ level: UInt8) throws {
    let image = try HostArray(dtype: .uint8, shape: [4, 6, 3], bytes: [UInt8](repeating: level, count: 72))
    try folder.write(PNG.encode(image), to: name)
  }

  @Test func picturesHaveTheModelsSizeAndClasses() throws {
    for (index, name) in ["a/1", "a/2", "b/3", "b/4", "c/5", "c/6"].enumerated() {
      try draw("photos/\(name).png", UInt8(index * 40))
    }
    let pair = try trained(ImagesSource(path: folder("photos"), size: 3))
    // A single class, in a size that the model doesn't have.
    for index in 0..<4 { try draw("new/c/\(index).png", 200) }
    let new = try read(ImagesSource(path: folder("new"), size: 64), as: pair)
    #expect(try new.labels() == [2, 2, 2, 2] && new.inputs.shape == [4, 3, 3, 3] && new.classCount == 3)
    var half = ImagesSource(path: folder("new"))
    half.fraction = 0.5
    #expect(try read(half, as: pair, given: ["fraction"]).count == 2)
    // Where there are parts, the test part.
    try draw("parts/train/a/1.png", 1)
    try draw("parts/val/b/2.png", 90)
    #expect(try read(ImagesSource(path: folder("parts")), as: pair).labels() == [1])
    try folder.write("file,label\nnew/c/0.png,b\nphotos/a/1.png,a\n", to: "list.csv")
    #expect(try read(ImagesSource(path: folder("list.csv")), as: pair).labels().sorted() == [0, 1])
    try draw("new/d/1.png", 3)
    #expect(
      try problem { try read(ImagesSource(path: folder("new")), as: pair) }
        == .unknownClass(name: "d", known: ["a", "b", "c"]))
    try folder.write("file,label\nnew/c/0.png,d\n", to: "list.csv")
    #expect(
      try problem { try read(ImagesSource(path: folder("list.csv")), as: pair) }
        == .unknownClass(name: "d", known: ["a", "b", "c"]))
  }
}
