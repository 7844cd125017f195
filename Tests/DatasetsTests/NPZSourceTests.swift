import Configuration
import PJRT
import Testing

@testable import Datasets

@Suite struct NPZSourceTests {
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
    #expect(try pair.train.targets.values(as: Float.self) == [0.5, 1, 1.5, -2])
    #expect(pair.test.targets.shape == [2, 2])
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
    #expect(try message(["y_train": HostArray([0, 1, 2, Int64.max] as [Int64])]).contains("below the number of records"))
    #expect(try message(["y_train": HostArray([0, 1, 2, 5000] as [Int64])]).contains("below the number of records"))
    #expect(try message(["y_train": HostArray([0, 1] as [Int64])]).contains("4 inputs but 2 targets"))
    #expect(try message(["x_test": HostArray([true, false])]).contains("(x_test.npy): the elements are bool"))
    #expect(try message([:], classes: 2).contains("must lie in 0..<2"))
  }

  @Test func aFileIsNeeded() throws {
    #expect { try Catalog<any DataSource>.all.make(Choice(parsing: "npz")) } throws: { "\($0)".contains("npz(path: data.npz)") }
    let made = try Catalog<any DataSource>.all.make(Choice(parsing: "npz(path: a/b.npz, classes: 3)")) as? NPZSource
    #expect(made?.path == "a/b.npz" && made?.classes == 3)
  }
}
