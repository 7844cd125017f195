import Foundation
import Tanren
import TestSupport
import Testing

/// Runs on one's own arrays, of whatever types they are.
@Suite(.tags(.process)) struct ArrayFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A series in double precision and its next values in single precision, and the other way round.
  @Test(arguments: [false, true]) func aSeriesOfEitherPrecisionIsGoneOnWith(_ isSingle: Bool) throws {
    func array(_ range: Range<Int>, isSingle: Bool) throws -> HostArray {
      let values = range.map { sin(Double($0) * 0.2) }
      return isSingle
        ? try HostArray(values.map { Float($0) }, shape: [values.count, 1])
        : try HostArray(values, shape: [values.count, 1])
    }
    let path = folder.path + "/series.npz"
    try NPZ.write(
      [
        "x_train": array(0..<400, isSingle: isSingle), "y_train": array(1..<401, isSingle: !isSingle),
        "x_test": array(400..<450, isSingle: isSingle), "y_test": array(401..<451, isSingle: !isSingle),
      ], to: path)
    let result = try TanrenProcess.run(
      ["run", "experiment=reservoirGeneration(washout: 100, units: 30)", "data=npz(path: \(path))"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("nrmse"))
  }

  @Test func imagesWithTheirChannelsFirstAreTrainedOnOnceTheyAreConverted() throws {
    var arrays: [String: HostArray] = [:]
    for (part, count) in [("train", 20), ("test", 10)] {
      arrays["x_" + part] = try HostArray((0..<count * 3 * 8 * 8).map { UInt8($0 % 251) }, shape: [count, 3, 8, 8])
      arrays["y_" + part] = try HostArray((0..<count).map { Int64($0 % 2) })
    }
    let path = folder.path + "/images.npz"
    try NPZ.write(arrays, to: path)
    func run(_ data: String) throws -> TanrenProcess.Result {
      try TanrenProcess.run(
        ["run", "data=\(data)", "epochs=1", "batchSize=5", "--model", "mlp(hidden: [4])"], in: folder)
    }
    let refused = try run("npz(path: \(path))")
    #expect(refused.status == 2 && refused.error.contains("layout: channelsFirst"), "\(refused.error)")
    let taken = try run("npz(path: \(path), layout: channelsFirst)")
    #expect(taken.status == 0, "\(taken.error)")
    let shown = try TanrenProcess.run(["data", "info", "npz(path: \(path), layout: channelsFirst)"], in: folder)
    #expect(shown.output.contains("[20, 8, 8, 3]"), "\(shown.output)")
  }
}
