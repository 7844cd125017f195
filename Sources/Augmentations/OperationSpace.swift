import Tensors

/// The operations that a policy chooses from, each with the magnitudes it may have.
struct OperationSpace: Equatable {
  struct Entry: Equatable {
    let operation: ImageOperation
    /// One for each bin; all 0 for an operation without a magnitude.
    let magnitudes: [Double]
    /// Whether the magnitude is negative half of the time.
    let isSigned: Bool
  }

  let entries: [Entry]

  /// - Parameters:
  ///   - bins: how many magnitudes, 2 or more, from none to the greatest.
  ///   - shear: the greatest tangent.
  ///   - translation: the greatest distance in pixels.
  ///   - rotation: the greatest angle in degrees.
  ///   - blend: the greatest distance of a factor from 1; nil without these operations.
  ///   - bits: the bits that remain at first, and how many of them the greatest magnitude removes.
  ///   - plain: the operations without a magnitude.
  init(
    bins: Int, shear: Double, translation: (x: Double, y: Double), rotation: Double, blend: Double?,
    bits: (most: Double, removed: Double), plain: [ImageOperation]
  ) {
    // In single precision and from either end, as PyTorch's `linspace`: where levels are truncated, the last digit shows.
    func even(_ last: Double, from first: Double = 0) -> [Double] {
      let step = Float(last - first) / Float(bins - 1)
      return (0..<bins).map { index in
        let isFirstHalf = index < bins / 2
        return Double(
          isFirstHalf ? Float(first) + step * Float(index) : Float(last) - step * Float(bins - 1 - index))
      }
    }
    let signed: [(ImageOperation, Double)] =
      [
        (.shearX, shear), (.shearY, shear), (.translateX, translation.x), (.translateY, translation.y),
        (.rotate, rotation),
      ] + (blend.map { end in [.brightness, .color, .contrast, .sharpness].map { ($0, end) } } ?? [])
    let remaining = even(bits.removed).map { bits.most - $0.rounded(.toNearestOrEven) }
    entries =
      signed.map { Entry(operation: $0.0, magnitudes: even($0.1), isSigned: true) }
      + [
        Entry(operation: .posterize, magnitudes: remaining, isSigned: false),
        Entry(operation: .solarize, magnitudes: even(0, from: 255), isSigned: false),
      ]
      + plain.map { Entry(operation: $0, magnitudes: even(0), isSigned: false) }
  }

  var operations: Set<ImageOperation> { Set(entries.map(\.operation)) }

  /// Operations with their magnitudes, all equally likely, `[batch, steps]` of them.
  /// - Parameter bins: the magnitudes' bins for that many numbers, `int32` and broadcastable to their shape.
  func draw(_ batch: ImageBatch, steps: Int, key: Key, bins: (Shape) -> Tensor) -> ChosenOperations {
    let count = entries[0].magnitudes.count
    func drawn(_ numbers: (Shape) -> Tensor) -> Tensor { batch.draw { numbers([$0, steps]) } }
    let entry = drawn { key.derived("operation").offsets($0, upTo: entries.count - 1) }
    let bin = drawn { bins($0).broadcast(to: $0) }
    let isNegative = drawn { key.derived("sign").bernoulli($0, probability: 0.5) }
    let magnitude = Tensor(entries.flatMap { $0.magnitudes.map(Float.init) }).take(entry * Double(count) + bin)
    let isSigned = Tensor(entries.map(\.isSigned)).take(entry)
    return ChosenOperations(
      operation: Tensor(entries.map { Int32($0.operation.rawValue) }).take(entry),
      magnitude: Tensor.select(isNegative .& isSigned, -magnitude, magnitude))
  }
}

extension ChosenOperations {
  /// Levels after each step of operations `[batch, steps]`.
  ///
  /// Steps are those of a loop, so that a program has the operations once.
  func applied(to levels: Tensor, among candidates: Set<ImageOperation>, _ resampling: Resampling) -> Tensor {
    scan(carry: [levels], over: [operation.transpose(), magnitude.transpose()]) { carry, elements in
      let step = ChosenOperations(operation: elements[0], magnitude: elements[1])
      return (carry: [step(carry[0], among: candidates, resampling)], outputs: [])
    }.carry[0]
  }
}
