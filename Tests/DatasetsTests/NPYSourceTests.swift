import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite(.tags(.unit)) struct NPYSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ array: HostArray) throws {
    try folder.write(NPY.encode(array, path: name), to: "shards/\(name).npy")
  }

  private func writeSound() throws {
    try write("x_train-000", HostArray([0, 1, 2, 3] as [Float], shape: [2, 2]))
    try write("x_train-001", HostArray([4, 5, 6, 7, 8, 9] as [Float], shape: [3, 2]))
    try write("y_train-000", HostArray([0, 1, 2] as [Int64]))
    try write("y_train-001", HostArray([3, 0] as [Int64]))
    try write("x_test", HostArray([1, 2] as [Float], shape: [1, 2]))
    try write("y_test", HostArray([3] as [Int64]))
  }

  private func load() throws -> DatasetPair {
    try NPYSource(path: folder("shards")).load(from: DataFolders(), progress: nil)
  }

  private func message() -> String {
    do { return "loaded: \(try load().origin)" } catch { return "\(error)" }
  }

  @Test func partsAreOneArray() throws {
    try writeSound()
    let pair = try load()
    #expect(try pair.train.inputs.values(as: Float.self) == (0..<10).map { Float($0) })
    #expect(pair.train.inputs.shape == [5, 2] && pair.train.classCount == 4 && pair.test.classCount == 4)
    #expect(try pair.train.labels() == [0, 1, 2, 3, 0] && pair.test.labels() == [3])
    #expect(pair.encoding == .arrays(ArrayEncoding(shape: [2], dtype: .float32)))
    #expect(try pair == NPYSource(path: folder("shards")).stream(from: DataFolders(), progress: nil).loaded())
    try write("y_train-000", HostArray([0.5, 1, 2] as [Float]))
    try write("y_train-001", HostArray([3, 0] as [Float]))
    try write("y_test", HostArray([3] as [Float]))
    #expect(try load().train.targets.shape == [5, 1] && load().train.classCount == nil)
  }

  @Test func mistakesNameTheFile() throws {
    #expect(message().contains("shards: it can't be read"))
    try writeSound()
    try folder.write(NPY.encode(HostArray([1, 2] as [Double], shape: [1, 2]), path: ""), to: "shards/x_train-001.npy")
    #expect(message().contains("x_train-001.npy: the elements are float64, but float32 is wanted"))
    try write("x_train-001", HostArray([1, 2, 3] as [Float], shape: [1, 3]))
    #expect(message().contains("x_train-001.npy: the shape is [1, 3], but [N, …] as in the parts before"))
    try writeSound()
    try folder.write(folder.bytes("shards/x_train-001.npy").dropLast(4).map { $0 }, to: "shards/x_train-001.npy")
    #expect(message().contains("x_train-001.npy: the file is truncated"))
    try writeSound()
    try write("y_train-001", HostArray([3] as [Int64]))
    #expect(message().contains("5 inputs but 4 targets"))
    try writeSound()
    try write("y_test", HostArray([4] as [Int64]))
    #expect(message().contains("record 0 has the label 4, but labels must lie in 0..<4"))
    try writeSound()
    try write("x_test", HostArray([1, 2, 3] as [Float], shape: [1, 3]))
    #expect(message().contains("the shape is [1, 3], but [N, …] as x_train's [2]"))
    try writeSound()
    try FileManager.default.removeItem(atPath: folder("shards/y_test.npy"))
    #expect(message().contains("there is no member 'y_test.npy'"))
  }
}
