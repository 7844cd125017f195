import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Normalizers", .tags(.engine))
struct NormalizerTests {
  private let training: HostArray

  init() throws {
    // Columns: 1, 3, 5, 7 (mean 4, variance 5); 10, 10, 10, 10; -2, 0, 0, 2 (mean 0, variance 2).
    training = try HostArray(
      [1, 10, -2, 3, 10, 0, 5, 10, 0, 7, 10, 2] as [Double], shape: [4, 3])
  }

  @Test func standardizesEachFeature() throws {
    let normalizer = try Normalizer.standardizing(training)
    #expect(normalizer.shift == [4, 10, 0])
    #expect(normalizer.scale == [Double(5).squareRoot(), 1, Double(2).squareRoot()])
    let test = try HostArray([4, 11, 1] as [Double], shape: [1, 3])
    #expect(try normalizer.float64(test).values(as: Double.self) == [0, 1, 1 / Double(2).squareRoot()])
    let all = try normalizer.float64(training).values(as: Double.self)
    #expect(abs(all.reduce(0, +)) < 1e-12)
  }

  @Test func standardizesAllTogether() throws {
    let normalizer = try Normalizer.standardizing(training, scope: .global)
    // NumPy: mean 56/12, std of the twelve values.
    #expect(normalizer.shift == [56.0 / 12])
    #expect(abs(normalizer.scale[0] - 4.384315479321969) < 1e-15)
    #expect(try normalizer.float32(HostArray([1] as [Float])).dtype == .float32)
  }

  @Test func scalesToTheUnitRange() throws {
    let features = try Normalizer.scalingToUnitRange(training, scope: .perFeature)
    #expect(features.shift == [1, 10, -2])
    #expect(features.scale == [6, 1, 4])
    let together = try Normalizer.scalingToUnitRange(training)
    #expect(together.shift == [-2])
    #expect(together.scale == [12])
  }

  @Test func scalesBytesAsNumPyDoesInSinglePrecision() throws {
    let bytes = try HostArray((0...255).map { UInt8($0) }, shape: [2, 128])
    let normalizer = try Normalizer.scalingToUnitRange(bytes)
    #expect(try normalizer.float32(bytes).values(as: Float.self) == (0...255).map { Float($0) / 255 })
  }

  @Test func restores() throws {
    let normalizer = try Normalizer.standardizing(training)
    let there = try normalizer.float64(training)
    let back = try normalizer.restored(there).values(as: Double.self)
    for (value, original) in zip(back, try training.values(as: Double.self)) {
      #expect(abs(value - original) < 1e-12)
    }
  }

  @Test func keepsDigitsFarFromZero() throws {
    let far = try HostArray((0..<1000).map { 1e9 + Double($0 % 2) }, shape: [1000, 1])
    #expect(try Normalizer.standardizing(far).scale == [0.5])
  }

  @Test func refusesOtherShapesAndTypes() throws {
    let normalizer = try Normalizer.standardizing(training)
    #expect(throws: DatasetError(.featureMismatch(fitted: [3], actual: [2]))) {
      try normalizer.float32(HostArray([1, 2] as [Float], shape: [1, 2]))
    }
    #expect(throws: DatasetError(.featureMismatch(fitted: [3], actual: []))) {
      try normalizer.float32(HostArray([1] as [Float], shape: []))
    }
    #expect(throws: DatasetError.self) { try Normalizer.standardizing(HostArray([] as [Float], shape: [0, 3])) }
    #expect(throws: DatasetError.self) { try Normalizer.standardizing(HostArray([1] as [Float], shape: [])) }
    let half = try HostArray(dtype: .bfloat16, shape: [1], bytes: [0, 0])
    #expect(throws: DatasetError(.wrongElementType(found: "bfloat16", wanted: [.float32, .float64]))) {
      try Normalizer.standardizing(half)
    }
  }

  @Test(arguments: [
    DType.bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64,
  ])
  func readsEveryType(dtype: DType) throws {
    let array = try NPY.read(Bundle.module.fixture("\(dtype).npy"))
    #expect(try Normalizer.scalingToUnitRange(array).scale == [dtype == .bool ? 1 : 5])
  }

  @Test(.enabled(if: Locations.data("mnist") != nil)) func findsTheKnownStatisticsOfMNIST() throws {
    let folder = try #require(Locations.data("mnist"))
    let test = try IDX.read(folder + "/mnist/t10k-images-idx3-ubyte.gz")
    let normalizer = try Normalizer.standardizing(test, scope: .global)
    #expect(abs(normalizer.shift[0] / 255 - 0.13251) < 1e-5)
    #expect(abs(normalizer.scale[0] / 255 - 0.31048) < 1e-5)
  }
}
