import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Series of one's own", .tags(.unit)) struct SeriesSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(
    _ text: String, _ name: String = "s.csv", _ change: (inout SeriesSource) -> Void = { _ in }
  ) throws -> DatasetPair {
    var source = SeriesSource(path: try folder.write(text, to: name))
    change(&source)
    return try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil)
  }

  /// Ten steps: t, its square, and a third that no number is like.
  private static let text =
    "# a sensor\ntime;a;b\n" + (0..<10).map { "2024-01-0\($0 % 9 + 1);0.\($0)1;\($0 * $0)\n" }.joined()

  @Test func stepsAreRecordsInDoublePrecision() throws {
    let pair = try load(Self.text) { ($0.columns, $0.train) = (["a", "b"], 6) }
    #expect(pair.train.inputs.shape == [6, 2] && pair.train.inputs.dtype == .float64)
    let steps = (0..<10).map { [Double("0.\($0)1") ?? 0, Double($0 * $0)] }
    #expect(try pair.train.inputs.values(as: Double.self) == steps[0..<6].flatMap(\.self))
    #expect(try pair.train.targets.values(as: Double.self) == steps[1..<7].flatMap(\.self))
    #expect(try pair.test.inputs.values(as: Double.self) == steps[6..<9].flatMap(\.self))
    #expect(try pair.test.targets.values(as: Double.self) == steps[7..<10].flatMap(\.self))
    #expect(pair.origin.contains("10 steps of") && pair.origin.contains("a, b 1 step ahead from a, b, single steps"))
  }

  @Test func windowsEndWhereTheyAreCounted() throws {
    let pair = try load(Self.text) {
      ($0.columns, $0.targets, $0.window, $0.horizon, $0.train, $0.test) = (["b"], ["a"], 3, 2, 5, 2)
    }
    // Windows end in steps 2, 3 and 4; test windows in steps 5 and 6.
    #expect(pair.train.inputs.shape == [3, 3, 1] && pair.train.targets.shape == [3, 1])
    #expect(try pair.train.inputs.values(as: Double.self) == [0, 1, 4, 1, 4, 9, 4, 9, 16])
    #expect(try pair.train.targets.values(as: Double.self) == [0.41, 0.51, 0.61])
    #expect(try pair.test.inputs.values(as: Double.self) == [9, 16, 25, 16, 25, 36])
    #expect(try pair.test.targets.values(as: Double.self) == [0.71, 0.81])
    let single = try load(Self.text) { ($0.columns, $0.window, $0.precision) = (["b"], 2, .float32) }
    #expect(single.train.inputs.dtype == .float32 && single.train.targets.dtype == .float32)
  }

  /// Whatever the file looks like, it is the same series.
  @Test func filesOfAllKinds() throws {
    let lines = (0..<30).map { "\(Double($0 * 7 % 11) / 8)" }
    let expected = try load(lines.joined(separator: "\n"), "plain.txt")
    #expect(expected.train.count == 23 && expected.test.count == 6)
    let variants = [
      ("x\n" + lines.joined(separator: "\r\n"), "named.csv"),
      ("t x\n" + lines.enumerated().map { "\($0)   \($1)" }.joined(separator: "\n"), "spaces.txt"),
      ("t\tx\n" + lines.enumerated().map { "\($0)\t\($1)" }.joined(separator: "\n"), "tabs.tsv"),
    ]
    for (text, name) in variants {
      let pair = try load(text, name) { $0.columns = name == "named.csv" ? [] : ["x"] }
      #expect(pair.train == expected.train && pair.test == expected.test, "\(name)")
    }
    let commas = lines.map { $0.replacing(".", with: ",") }.joined(separator: "\n")
    #expect(
      try load("x\n" + commas, "commas.csv") { ($0.layout.decimal, $0.layout.separator) = (.comma, .semicolon) }.train
        == expected.train)
    let array = try HostArray((0..<30).map { Double($0 * 7 % 11) / 8 })
    try NPY.write(array, to: folder("x.npy"))
    let source = SeriesSource(path: folder("x.npy"))
    #expect(
      try source.load(from: DataFolders(searched: [], cache: "", allowsDownload: false), progress: nil).test
        == expected.test)
  }

  @Test func gapsAreFilled() throws {
    let text = "x\n1\nNA\n4\n\"\"\nNA\n10\n0\n0\n"
    func values(_ rule: GapRule, _ text: String) throws -> [Double] {
      let pair = try load(text) { ($0.gaps, $0.train, $0.test) = (rule, 5, 2) }
      return try pair.train.inputs.values(as: Double.self)
    }
    #expect(try values(.linear, text) == [1, 2.5, 4, 6, 8])
    #expect(try values(.previous, text) == [1, 1, 4, 4, 4])
    #expect(try values(.linear, text.replacing("x\n1\n", with: "x\nNA\n")) == [4, 4, 4, 6, 8])
  }

  @Test func newSeriesAreReadAsTheOldOneWas() throws {
    let pair = try load(Self.text) { ($0.columns, $0.window, $0.isStandardized, $0.train) = (["b", "a"], 2, true, 6) }
    let encoding = try #require(pair.encoding)
    let kept = try JSONDecoder().decode(InputEncoding.self, from: JSONEncoder().encode(encoding))
    #expect(kept == encoding)
    let path = try folder.write("a,b\n0.21,4\n0.31,9\n0.41,16\n", to: "new.csv")
    let new = try kept.inputs(from: [path])
    #expect(new.inputs.shape == [2, 2, 2] && new.names == ["\(path):3", "\(path):4"])
    // Windows that end in steps 3 and 4 are the third and fourth of the training windows.
    let old = try pair.train.inputs.values(as: Double.self)
    #expect(try new.inputs.values(as: Double.self) == Array(old[8..<16]))
    guard case .series(let series) = kept else { return }
    let targets = try pair.train.targets.values(as: Double.self)
    let restored = series.restored(targets)
    #expect(zip(restored, [4, 0.21, 9, 0.31]).allSatisfy { abs($0 - $1) < 1e-12 })
    // Mean 0 and deviation 1 over the training steps: of b, 0 to 25.
    let scale = try #require(series.inputScales.first)
    #expect(
      abs(scale.mean - 55.0 / 6) < 1e-12 && abs(scale.deviation - (979.0 / 6 - 55.0 * 55 / 36).squareRoot()) < 1e-12)
  }

  @Test func mistakesSayWhere() throws {
    func problem(_ text: String, _ change: (inout SeriesSource) -> Void = { _ in }) -> DatasetProblem? {
      let error = #expect(throws: DatasetError.self) { try load(text, "s.csv", change) }
      #expect(error?.path == folder("s.csv"))
      return error?.problem
    }
    #expect(problem(Self.text) == .table(.dates(column: "time", line: 3, text: "2024-01-01")))
    #expect(problem(Self.text) { $0.columns = ["c"] } == .missingColumn(name: "'c'", available: ["time", "a", "b"]))
    #expect(problem("x\n1\nNA\n3\n") == .table(.gap(column: "x", line: 3, count: 1)))
    #expect(problem("x\nNA\n2\n3\n4\n") { $0.gaps = .previous } == .table(.gap(column: "x", line: 2, count: 1)))
    #expect(problem("x\n1\n2\nthree\n4\n") == .table(.notNumber(column: "x", line: 4, text: "three")))
    #expect(problem("x\na\nb\n") == .table(.notNumber(column: "x", line: 2, text: "a")))
    #expect(problem("x;y\n1,5;2\n2,5;3\n") == .table(.otherDecimal(column: "x", line: 2, text: "1,5", mark: .point)))
    for change in [{ $0.train = 9 }, { $0.window = 9 }, { $0.horizon = 10 }] as [(inout SeriesSource) -> Void] {
      let found = problem(Self.text) {
        $0.columns = ["a"]
        change(&$0)
      }
      guard case .invalidArgument(name: "train and test", _, _) = found else {
        Issue.record("\(String(describing: found))")
        continue
      }
    }
  }

  @Test(arguments: [
    "series(columns: [temperature], path: sensor.csv, train: 3000)",
    "series(exclude: [t], header: false, horizon: 3, missing: linear, path: a.npy, standardized: true, window: 32)",
  ]) func settingsAreWrittenBack(_ text: String) throws {
    #expect(try Registry<any DataSource>.all.build(MethodSpec(parsing: text)).spec().description == text)
  }

  /// The series that come by name are what one's own file gives.
  @Test(.enabled(if: Locations.data("timeseries") != nil)) func namedSeriesAreTheSame() throws {
    let folders = DataFolders(searched: [try #require(Locations.data("timeseries"))], cache: "", allowsDownload: false)
    var laser = LaserSource()
    laser.scale = 1
    var own = SeriesSource(path: "santa-fe-laser-a.txt")
    (own.train, own.test) = (1000, 1000)
    let (named, read) = (try laser.load(from: folders, progress: nil), try own.load(from: folders, progress: nil))
    #expect(named.train == read.train && named.test == read.test)
  }
}
