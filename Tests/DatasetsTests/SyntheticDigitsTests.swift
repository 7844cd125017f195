import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Synthetic digits", .tags(.unit))
struct SyntheticDigitsTests {
  @Test func hasMNISTsShape() throws {
    let data = try SyntheticDigits.generate(trainCount: 25, testCount: 7, seed: 1)
    #expect(data.train.inputs.shape == [25, 28, 28])
    #expect(data.test.inputs.shape == [7, 28, 28])
    #expect(data.train.inputs.dtype == .uint8)
    #expect(data.train.classCount == 10)
    #expect(data.origin == "synthetic digits, generated with seed 1")
    #expect(try SyntheticDigits.generate(trainCount: 0, testCount: 0).train.count == 0)
    #expect(throws: DatasetError.self) { try SyntheticDigits.generate(trainCount: -1) }
    #expect(throws: DatasetError.self) { try SyntheticDigits.generate(testCount: .max) }
  }

  @Test func balancesClasses() throws {
    let labels = try SyntheticDigits.generate(trainCount: 200, testCount: 0).train.labels()
    for start in stride(from: 0, to: 200, by: 10) {
      #expect(Set(labels[start..<start + 10]) == Set(0..<10))
    }
    #expect(Array(labels[..<10]) != Array(labels[10..<20]), "the order differs from ten to ten")
  }

  @Test func dependsOnSeedAndIndexAlone() throws {
    let small = try SyntheticDigits.generate(trainCount: 30, testCount: 30, seed: 5)
    let large = try SyntheticDigits.generate(trainCount: 130, testCount: 30, seed: 5)
    #expect(try large.train.prefix(30) == small.train)
    #expect(large.test == small.test)
    #expect(small.train.inputs != small.test.inputs)
    #expect(try SyntheticDigits.generate(trainCount: 30, testCount: 30, seed: 6).train != small.train)
  }

  @Test func drawsTheSameBytesEverywhere() throws {
    let data = try SyntheticDigits.generate(trainCount: 100, testCount: 10)
    #expect(
      SHA256.hex(of: data.train.inputs.bytes) == "f078ac4b5d972a1cdee0c36891622f3ef3b43ad0b7ac0dbf1f83f02e067f1bf3")
    #expect(
      SHA256.hex(of: data.test.inputs.bytes) == "53990744b4b4495c2813b8f45f83a25a38b9d749610fe2e210a4467ae09797a8")
  }

  @Test func usesEveryWayOfWriting() {
    var random = SplitMix64(seed: 0, stream: 0, index: 0)
    var counts = [Int](repeating: 0, count: 3)
    for _ in 0..<3000 { counts[random.index(below: 3)] += 1 }
    for count in counts { #expect((900...1100).contains(count)) }
    let bells = (0..<3000).map { _ in random.bell() }
    let mean = bells.reduce(0, +) / 3000
    #expect(abs(mean) < 0.06)
    #expect(abs(bells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3000 - 1) < 0.1)
  }

  /// Images of a class resemble each other, but not so much that the nearest class mean finds them all.
  @Test func isNeitherNoiseNorTrivial() throws {
    let data = try SyntheticDigits.generate(trainCount: 500, testCount: 100)
    var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
    let images = data.train.inputs.bytes
    for (record, label) in try data.train.labels().enumerated() {
      for pixel in 0..<784 { means[Int(label)][pixel] += Float(images[record * 784 + pixel]) / 50 }
    }
    let tests = data.test.inputs.bytes
    var right = 0
    for (record, label) in try data.test.labels().enumerated() {
      let distances = means.map { mean in
        (0..<784).reduce(Float(0)) { sum, pixel in
          let difference = Float(tests[record * 784 + pixel]) - mean[pixel]
          return sum + difference * difference
        }
      }
      if distances.indices.min(by: { distances[$0] < distances[$1] }) == Int(label) { right += 1 }
    }
    #expect((50...85).contains(right), "\(right) of 100 are nearest to their class mean")
  }

  @Test func standsInForMNIST() throws {
    let folder = try TemporaryFolder()
    let nowhere = DataFolders(searched: [], cache: folder.path, allowsDownload: false)
    func load() throws(DatasetError) -> DatasetPair {
      try DigitData.load(from: nowhere, progress: nil) { () throws(DatasetError) in
        try SyntheticDigits.generate(trainCount: 20, testCount: 10)
      }
    }
    let data = try load()
    #expect(data.name == "synthetic digits")
    #expect(
      data.origin == "synthetic digits, generated with seed 0, since MNIST was not found; "
        + "their scores can't be compared with MNIST's")
    #expect(data.train.count == 20)
    // Damaged files are reported, not skipped.
    for name in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
      try folder.write([0, 0], to: "mnist/\(name)-ubyte")
    }
    #expect(throws: DatasetError.self) { try load() }
  }
}
