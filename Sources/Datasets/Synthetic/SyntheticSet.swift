import Arrays
import Formats
import Foundation

/// Generated images: an image depends on the seed and its index only, and each block of as many images as there are
/// classes contains each class once.
struct SyntheticSet {
  /// Draws an image of a class into its bytes.
  typealias Drawing = (_ label: Int, _ random: SplitMix64, _ pixels: UnsafeMutableBufferPointer<UInt8>) -> Void

  let seed: UInt64
  /// The shape of one image.
  let shape: [Int]
  let classCount: Int

  /// Images per parallel task.
  private static let share = 100

  /// - Throws: ``DatasetError`` naming the count that is negative or greater than `limit`.
  static func check(trainCount: Int, testCount: Int, limit: Int) throws(DatasetError) {
    for (name, count) in [("trainCount", trainCount), ("testCount", testCount)] where !(0...limit).contains(count) {
      throw DatasetError(.invalidArgument(name: name, value: "\(count)", allowed: "between 0 and \(limit)"))
    }
  }

  /// - Parameters:
  ///   - stream: separates the sets of one seed.
  ///   - drawing: makes the renderer, once per task.
  func records(
    _ count: Int, stream: UInt64, drawing: @Sendable () -> Drawing
  ) throws(DatasetError) -> LabeledArrays {
    let labels = labels(count, stream: stream)
    let (size, share) = (shape.reduce(1, *), Self.share)
    let pixels = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
      // The shares write to parts of the buffer that don't overlap.
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
        let draw = drawing()
        for index in part * share..<min(count, (part + 1) * share) {
          draw(
            Int(labels[index]), SplitMix64(seed: seed, stream: stream, index: UInt64(index)),
            UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size]))
        }
      }
      initialized = count * size
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [count] + shape, pixels),
      targets: .make(.int32, [count], labels.withUnsafeBytes { Array($0) }), classCount: classCount)
  }

  private func labels(_ count: Int, stream: UInt64) -> [Int32] {
    (0..<(count + classCount - 1) / classCount).flatMap { block in
      var random = SplitMix64(seed: seed, stream: ~stream, index: UInt64(block))
      var labels = Array(0..<Int32(classCount))
      for i in stride(from: labels.count - 1, to: 0, by: -1) { labels.swapAt(i, random.index(below: i + 1)) }
      return labels
    }.prefix(count).map(\.self)
  }
}

/// A small counter-based generator: any image's stream can be entered directly.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64, index: UInt64) {
    state = Self.mixed(Self.mixed(Self.mixed(seed) ^ stream) ^ index)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    defer { state &+= 0x9e37_79b9_7f4a_7c15 }
    return Self.mixed(state)
  }

  /// Uniform in [low, high).
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(next() >> 40) * 0x1p-24
  }

  /// Nearly normal with mean 0 and deviation 1: the sum of four 16-bit uniforms, within ±3.5. Needs no
  /// logarithm, so every platform draws the same bits.
  mutating func bell() -> Float {
    let bits = next()
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
    return (Float(sum) * 0x1p-16 - 2) * 1.732_050_8
  }

  /// Normal with mean 0 and deviation 1, by Box and Muller's method.
  mutating func normal() -> Double {
    let (first, second) = (Double(next() >> 11) + 1, Double(next() >> 11))
    return (-2 * log(first * 0x1p-53)).squareRoot() * cos(2 * Double.pi * second * 0x1p-53)
  }

  /// Uniform in 0..<count, which must be positive; the bias for the small counts here is below 2^-32.
  mutating func index(below count: Int) -> Int {
    Int(((next() >> 32) &* UInt64(count)) >> 32)
  }
}
