import Foundation
import Tensors
import TestSupport
import Testing

@Suite("NumPy's legacy generator", .tags(.engine))
struct NumPyRandomStateTests {
  struct Integers: Decodable {
    let low, high: String
    let values: [String]
  }

  struct Mixed: Decodable {
    let normals: [String]
    let order: [Int]
    let next: String
  }

  struct Stream: Decodable {
    let seed: UInt32
    let randomSample, uniform, randn, normal: [String]
    let randomSampleDigest, randnDigest, shuffleDigest, secondShuffleDigest: String
    let permutation, choice, choiceWithoutReplacement: [Int]
    let randint_small, randint_negative, randint_one, randint_word, randint_wide, randint_whole: Integers
    let mixed: Mixed
  }

  struct Fixture: Decodable { let streams: [Stream] }

  static func streams() throws -> [Stream] {
    try Bundle.module.decodeFixture("numpy_random_state", as: Fixture.self).streams
  }

  private func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func bits(_ values: [Double]) -> [String] { values.map { hexadecimal($0.bitPattern) } }

  private func digest<Element: BitwiseCopyable>(_ values: [Element]) -> String {
    hexadecimal(
      values.withUnsafeBytes { bytes in
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      })
  }

  @Test func drawsTheSameBitsAsNumPy() throws {
    let streams = try Self.streams()
    #expect(streams.count == 5)
    for stream in streams {
      let fresh = NumPyRandomState(seed: stream.seed)
      var state = fresh
      #expect(bits((0..<20).map { _ in state.randomSample() }) == stream.randomSample)
      state = fresh
      #expect(bits(state.uniform(-2.5, 4.25, count: 20)) == stream.uniform)
      state = fresh
      #expect(bits(state.randn(21)) == stream.randn)
      state = fresh
      #expect(bits(state.normal(mean: 3, standardDeviation: 0.25, count: 5)) == stream.normal)
    }
  }

  @Test func staysEqualOverLongStreams() throws {
    for stream in try Self.streams() {
      let fresh = NumPyRandomState(seed: stream.seed)
      var state = fresh
      #expect(digest(state.uniform(count: 200_000)) == stream.randomSampleDigest)
      state = fresh
      #expect(digest(state.randn(100_001)) == stream.randnDigest)
    }
  }

  @Test func shufflesAsNumPyDoes() throws {
    for stream in try Self.streams() {
      let fresh = NumPyRandomState(seed: stream.seed)
      var state = fresh
      var order = Array(0..<60_000)
      state.shuffle(&order)
      #expect(digest(order) == stream.shuffleDigest)
      state.shuffle(&order)
      #expect(digest(order) == stream.secondShuffleDigest)
      state = fresh
      #expect(state.permutation(10) == stream.permutation)
      state = fresh
      #expect(state.permutation((0..<10).map { "record \($0)" }) == stream.permutation.map { "record \($0)" })
    }
  }

  @Test func drawsIntegersAsNumPyDoes() throws {
    for stream in try Self.streams() {
      let fresh = NumPyRandomState(seed: stream.seed)
      for integers in [
        stream.randint_small, stream.randint_negative, stream.randint_one, stream.randint_word,
        stream.randint_wide, stream.randint_whole,
      ] {
        var state = fresh
        let low = try #require(Int(integers.low)), high = try #require(Int(integers.high))
        #expect(try state.randint(low, high, count: 12).map(String.init) == integers.values)
      }
      var state = fresh
      #expect(try state.choice(100, count: 8) == stream.choice)
      state = fresh
      #expect(try state.choice(100, count: 8, replace: false) == stream.choiceWithoutReplacement)
    }
  }

  @Test func keepsTheSecondNormalAcrossOtherDraws() throws {
    for stream in try Self.streams() {
      var state = NumPyRandomState(seed: stream.seed)
      #expect(bits(state.randn(3)) == stream.mixed.normals)
      var order = Array(0..<9)
      state.shuffle(&order)
      #expect(order == stream.mixed.order)
      #expect(bits([state.standardNormal()]) == [stream.mixed.next])
    }
  }

  @Test func refusesEmptyRanges() throws {
    var state = NumPyRandomState(seed: 0)
    #expect(throws: NumPyRandomStateError.emptyRange(low: 3, high: 3)) { try state.randint(3, 3, count: 1) }
    #expect(throws: NumPyRandomStateError.emptyRange(low: 0, high: -1)) { try state.choice(-1, count: 1) }
    #expect(throws: NumPyRandomStateError.populationTooSmall(population: 2, count: 3)) {
      try state.choice(2, count: 3, replace: false)
    }
    #expect(state == NumPyRandomState(seed: 0), "a refused draw must not advance the stream")
    #expect(state.randn(-1).isEmpty)
    #expect(state.permutation(-4).isEmpty)
  }
}
