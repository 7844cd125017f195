import Configuration
import Foundation
import PJRT
import Tensors
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

/// Preprocessing with statistics, of examples or of the training set, as Keras' ImageDataGenerator has it.
@Suite(.tags(.engine)) struct FittedPreprocessingTests {
  private struct Row: Decodable {
    struct Numbers: Decodable {
      let shape: [Int]
      let values: [Double]
    }
    let name: String
    let train: Numbers
    let test: Numbers
    let expected: Numbers
  }

  private func make(_ text: String) throws -> any NamedPreprocessing {
    try Registry<any NamedPreprocessing>.all.build(MethodSpec(parsing: text))
  }

  @Test func agreesWithKerasFormulas() throws {
    let rows = try Bundle.module.decodeFixture("preprocessing", as: [Row].self)
    #expect(rows.count == 9)
    func bytes(_ numbers: Row.Numbers) throws -> HostArray {
      try HostArray(numbers.values.map { UInt8($0) }, shape: numbers.shape)
    }
    for row in rows {
      let named = try make(row.name)
      var preprocessing: any Preprocessing = named
      if let unfitted = named as? any FittedPreprocessing { preprocessing = try unfitted.fitted(to: bytes(row.train)) }
      let found = preprocessing(Tensor(try bytes(row.test)), dtype: .float32)
      #expect(found.shape == Shape(row.expected.shape))
      let error = zip(try found.values(as: Float.self), row.expected.values)
        .map { (Double($0) - $1).magnitude / max(1, $1.magnitude) }.max()
      #expect(error ?? 1 < 1e-4, "\(row.name)")
    }
  }

  /// More images than one block of the covariance, and some left over.
  @Test func whitenedNumbersAreUncorrelated() throws {
    let (count, features) = (1203, 12)
    let bytes = (0..<count * features).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let images = try HostArray(bytes, shape: [count, 2, 2, 3])
    let whitening = try ZCAWhitening().fitted(to: images)
    let whitened = whitening(Tensor(images), dtype: .float64).reshape(to: [count, features])
    let covariance = try (whitened.transpose().matmul(whitened) / Double(count)).values(as: Double.self)
    for (index, value) in covariance.enumerated() {
      #expect((value - (index % (features + 1) == 0 ? 1 : 0)).magnitude < 1e-3)
    }
  }

  /// Numbers for several blocks and some left over, against sums over all of them.
  @Test func statisticsOfManyRecordsAreThoseOfAllNumbers() throws {
    let (count, pixels, channels) = (1103, 32 * 32, 3)
    var state: UInt32 = 7
    let bytes = (0..<count * pixels * channels).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      // The channels differ in mean and spread, and drift from record to record.
      return UInt8((state >> 24) % (40 + 60 * UInt32(index % channels))) + UInt8(index / (pixels * channels) % 50)
    }
    let images = try HostArray(bytes, shape: [count, 32, 32, channels])
    let statistics = try Featurewise(white: 1).statistics(of: ArrayReader(images))
    let (mean, deviation) = (
      try #require(statistics["mean"]).values(as: Double.self),
      try #require(statistics["deviation"]).values(as: Double.self)
    )
    for channel in 0..<channels {
      // Whole numbers add up without rounding.
      var (sum, squares) = (0, 0)
      for index in stride(from: channel, to: bytes.count, by: channels) {
        sum += Int(bytes[index])
        squares += Int(bytes[index]) * Int(bytes[index])
      }
      let all = Double(count * pixels)
      let variance = (Double(squares) - Double(sum) * Double(sum) / all) / all
      #expect(abs(mean[channel] * all / Double(sum) - 1) < 1e-13)
      #expect(abs(deviation[channel] / variance.squareRoot() - 1) < 1e-12)
    }
  }

  @Test func mistakesAreErrors() throws {
    let flat = try HostArray([1, 2, 3] as [Float])
    let unfitted: [any FittedPreprocessing] = [Featurewise(), ZCAWhitening()]
    for fitted in unfitted {
      #expect(throws: DatasetError(.wrongRank(found: [3], wanted: "[count, …, channels]"))) {
        _ = try fitted.fitted(to: flat)
      }
      #expect(throws: DatasetError(.noRows)) { _ = try fitted.fitted(to: HostArray([Float](), shape: [0, 3])) }
      // Not fitted, it says so.
      let error = #expect(throws: Diagnostic.self) { _ = try fitted(Tensor.zeros([1, 3]), dtype: .float32).evaluate() }
      #expect(error?.description.contains("fitted(to:)") == true)
    }
    let wide = try HostArray([UInt8](repeating: 0, count: 10_000), shape: [1, 10_000])
    #expect(throws: DatasetError.self) { _ = try ZCAWhitening().fitted(to: wide) }
    let small = try ZCAWhitening().fitted(to: HostArray([1, 2, 3, 5] as [Float], shape: [2, 2]))
    #expect(throws: Diagnostic.self) { _ = try small(Tensor.zeros([1, 4]), dtype: .float32).evaluate() }
    for text in [
      "zcaWhitening(epsilon: 0)", "featurewise(white: 0)", "samplewise(center: 3)", "zcaWhitening(epsilon: -1)",
    ] {
      #expect(throws: ConfigurationError.self) { _ = try make(text) }
    }
  }
}
