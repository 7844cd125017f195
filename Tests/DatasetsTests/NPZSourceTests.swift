import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite(.tags(.engine)) struct NPZSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func source(_ replaced: [String: HostArray], classes: Int? = nil) throws -> NPZSource {
    var arrays = [
      "x_train": try HostArray((0..<12).map { Float($0) }, shape: [4, 3]), "y_train": try HostArray([Int64](0..<4)),
      "x_test": try HostArray((0..<6).map { Float($0) }, shape: [2, 3]), "y_test": try HostArray([Int64](1..<3)),
    ]
    arrays.merge(replaced) { $1 }
    let path = folder.path + "/data.npz"
    try NPZ.write(arrays, to: path)
    return NPZSource(path: path, classes: classes)
  }

  private func load(_ replaced: [String: HostArray] = [:], classes: Int? = nil) throws -> DatasetPair {
    try source(replaced, classes: classes).load(from: DataFolders(), progress: nil)
  }

  @Test func wholeNumbersAreClasses() throws {
    let pair = try load()
    #expect(pair.train.classCount == 4 && pair.test.classCount == 4)
    #expect(try pair.train.labels() == [0, 1, 2, 3] && pair.test.labels() == [1, 2])
    #expect(pair.train.inputs.shape == [4, 3] && pair.train.inputs.dtype == .float32)
    #expect(try load(classes: 9).test.classCount == 9)
    #expect(try load(["y_train": HostArray([UInt8](0..<4), shape: [4, 1])]).train.labels() == [0, 1, 2, 3])
  }

  @Test func otherNumbersAreValues() throws {
    let values: [Double] = [0.5, 1, 1.5, -2]
    let pairs: [Float] = [1, 2, 3, 4]
    let pair = try load(["y_train": HostArray(values), "y_test": HostArray(pairs, shape: [2, 2])])
    #expect(pair.train.classCount == nil && pair.train.targets.shape == [4, 1])
    // With all their digits.
    #expect(try pair.train.targets.values(as: Double.self) == values)
    #expect(pair.test.targets.shape == [2, 2] && pair.test.targets.dtype == .float32)
  }

  @Test func newRecordsAreReadAsTheOldOnesWere() throws {
    let encoding = try #require(try load().encoding)
    let kept = try JSONDecoder().decode(InputEncoding.self, from: JSONEncoder().encode(encoding))
    #expect(kept == encoding)
    let (rows, archive) = (folder.path + "/rows.npy", folder.path + "/one.npz")
    try NPY.write(HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]), to: rows)
    try NPZ.write(["x": HostArray([7, 8, 9] as [Float], shape: [1, 3])], to: archive)
    let new = try kept.inputs(from: [rows, archive])
    #expect(try new.inputs.values(as: Float.self) == [1, 2, 3, 4, 5, 6, 7, 8, 9] && new.inputs.shape == [3, 3])
    #expect(new.names == ["\(rows)[0]", "\(rows)[1]", "\(archive)[0]"])
    try NPY.write(HostArray([1, 2] as [Float], shape: [1, 2]), to: rows)
    #expect(throws: DatasetError(.wrongRank(found: [1, 2], wanted: "[N, 3], as the training data have"), path: rows)) {
      try kept.inputs(from: [rows])
    }
  }

  @Test func mistakesNameTheArray() throws {
    func message(_ replaced: [String: HostArray], classes: Int? = nil) throws -> String {
      let source = try source(replaced, classes: classes)
      do {
        return "\(try source.load(from: DataFolders(), progress: nil).name)"
      } catch {
        return "\(error)"
      }
    }
    #expect(try message(["y_test": HostArray([Int64](8..<10))]).contains("(y_test.npy): record 0 has the label 8"))
    #expect(try message(["y_train": HostArray([Int64]([0, -1, 0, 0]))]).contains("record 1 has the label -1"))
    #expect(
      try message(["y_train": HostArray([0, 1, 2, Int64.max] as [Int64])]).contains("below the number of records"))
    #expect(try message(["y_train": HostArray([0, 1, 2, 5000] as [Int64])]).contains("below the number of records"))
    #expect(try message(["y_train": HostArray([0, 1] as [Int64])]).contains("4 inputs but 2 targets"))
    #expect(try message(["x_test": HostArray([true, false])]).contains("(x_test.npy): the elements are bool"))
    #expect(try message([:], classes: 2).contains("must lie in 0..<2"))
  }

  /// An archive with strings for labels, as NumPy writes them: UTF-32, five characters each.
  private func texts(_ train: [String], _ test: [String], classes: Int? = nil) throws -> NPZSource {
    func array(_ texts: [String]) -> [UInt8] {
      let header = "{'descr': '<U5', 'fortran_order': False, 'shape': (\(texts.count),), }"
      let characters = texts.flatMap { text -> [UInt32] in
        let scalars = text.unicodeScalars.map(\.value)
        return scalars + [UInt32](repeating: 0, count: 5 - scalars.count)
      }
      return NPY.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + characters.flatMap { character in (0..<4).map { UInt8(truncatingIfNeeded: character >> (8 * $0)) } }
    }
    var writer = try ZipWriter(path: "x", isCompressed: true)
    for (part, labels) in [("train", train), ("test", test)] {
      let inputs = try HostArray((0..<labels.count * 3).map { Float($0) }, shape: [labels.count, 3])
      try writer.add("x_\(part).npy", NPY.encode(inputs, path: "x"))
      try writer.add("y_\(part).npy", array(labels))
    }
    return NPZSource(path: try folder.write(writer.finished(), to: "texts.npz"), classes: classes)
  }

  @Test func stringsAreClassesInTheirOrder() throws {
    let source = try texts(["dog", "Zebra", "cat", "ärmel", "dog"], ["cat", "Zebra"])
    let pair = try source.load(from: DataFolders(), progress: nil)
    // As numpy.unique has them: by the characters' codes.
    #expect(pair.classNames == ["Zebra", "cat", "dog", "ärmel"])
    #expect(try pair.train.labels() == [2, 0, 1, 3, 2] && pair.test.labels() == [1, 0])
    #expect(pair.train.classCount == 4 && pair.test.classCount == 4)
    let more = try texts(["b", "a"], ["a"], classes: 5).load(from: DataFolders(), progress: nil)
    #expect(more.train.classCount == 5)
  }

  @Test func stringsThatFitNoClassAreTold() throws {
    func problem(_ source: NPZSource) throws -> DatasetProblem? {
      do {
        _ = try source.load(from: DataFolders(), progress: nil)
        return nil
      } catch let error as DatasetError {
        return error.problem
      }
    }
    #expect(try problem(texts(["a", "b"], ["a", "c"])) == .unknownLabel(record: 1, label: "c", known: ["a", "b"]))
    guard
      case .invalidArgument(name: "classes", value: "2", _) = try problem(texts(["a", "b", "c"], ["a"], classes: 2))
    else {
      Issue.record("three names were taken for two classes")
      return
    }
  }

  @Test func imagesWithTheirChannelsFirstAreConvertedOnRequest() throws {
    // Two images of three channels, of 6 × 5 pixels; each number says where it is.
    let first = (0..<2 * 3 * 6 * 5).map { Float($0) }
    let replaced = [
      "x_train": try HostArray(first, shape: [2, 3, 6, 5]), "y_train": try HostArray([Int64](0..<2)),
      "x_test": try HostArray(first.map { UInt8($0) }, shape: [2, 3, 6, 5]), "y_test": try HostArray([Int64](0..<2)),
    ]
    var source = try source(replaced)
    #expect {
      try source.load(from: DataFolders(), progress: nil)
    } throws: {
      "\($0)".contains("(x_train.npy)") && "\($0)".contains("[2, 3, 6, 5]") && "\($0)".contains("layout: channelsFirst")
    }
    source.layout = .channelsLast
    #expect(try source.load(from: DataFolders(), progress: nil).train.inputs.shape == [2, 3, 6, 5])
    source.layout = .channelsFirst
    let pair = try source.load(from: DataFolders(), progress: nil)
    #expect(pair.train.inputs.shape == [2, 6, 5, 3] && pair.test.inputs.shape == [2, 6, 5, 3])
    let moved = try pair.train.inputs.values(as: Float.self)
    for (image, row, column, channel) in [(0, 0, 0, 0), (0, 0, 0, 2), (1, 5, 4, 1), (1, 2, 3, 2), (0, 4, 0, 1)] {
      let value = Float(((image * 3 + channel) * 6 + row) * 5 + column)
      #expect(moved[((image * 6 + row) * 5 + column) * 3 + channel] == value)
    }
    #expect(try pair.test.inputs.values(as: UInt8.self) == moved.map { UInt8($0) })
    source = try self.source([:])
    source.layout = .channelsFirst
    #expect(throws: DatasetError.self) { try source.load(from: DataFolders(), progress: nil) }
    // What may well be right as it is.
    for shape in [[2, 6, 5, 3], [2, 4, 4, 16], [2, 1, 1, 7], [2, 30, 3]] {
      let count = shape.reduce(1, *)
      let array = try HostArray([Float](repeating: 1, count: count), shape: shape)
      #expect(
        try load([
          "x_train": array, "y_train": HostArray([Int64](0..<2)), "x_test": array, "y_test": HostArray([Int64](0..<2)),
        ]).train.inputs.shape == shape)
    }
  }

  @Test func aFileIsNeeded() throws {
    #expect { try Registry<any DataSource>.all.build(MethodSpec(parsing: "npz")) } throws: {
      "\($0)".contains("npz(path: data.npz)")
    }
    let made =
      try Registry<any DataSource>.all.build(MethodSpec(parsing: "npz(path: a/b.npz, classes: 3)")) as? NPZSource
    #expect(made?.path == "a/b.npz" && made?.classes == 3 && made?.layout == .auto)
  }
}
