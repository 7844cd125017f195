import Synchronization

/// In which order an epoch goes through the examples.
public protocol BatchOrder: Sendable {
  /// The examples' indices for epoch `epoch` (from 0), `int32 [count]`.
  /// - Throws: whatever keeps the order from being made.
  func indices(count: Int, epoch: Int, key: Key) throws -> Tensor
}

/// Another random order each epoch, drawn on the device by the training key.
public struct ShuffledOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let epoch = try Tensor([Int64(epoch)], shape: []).hidden()
    return try key.derived("order").folding(epoch).permutation(count).evaluate()
  }
}

/// The order the data set has, each epoch.
public struct SequentialOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    try Tensor.iota([count]).evaluate()
  }
}

/// `numpy.random.shuffle` of the indices at each epoch, from a given state of NumPy's legacy generator.
///
/// The order of an epoch depends on those before it: they are drawn one after the other, and asking for an
/// earlier one, or for another number of examples, draws again from the beginning.
public final class NumPyOrder: BatchOrder {
  private struct Drawn {
    var generator: NumPyRandomState
    var order: [Int32]
    /// Epochs drawn so far.
    var epochs = 0
  }

  private let generator: NumPyRandomState
  /// Whether each epoch shuffles the order of the last one instead of starting from 0, 1, ….
  private let continues: Bool
  private let drawn: Mutex<Drawn?>

  public init(_ generator: NumPyRandomState, continues: Bool = false) {
    self.generator = generator
    self.continues = continues
    drawn = Mutex(nil)
  }

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let order = drawn.withLock { kept in
      let sorted = (0..<Int32(clamping: Swift.max(0, count))).map(\.self)
      var drawn = kept ?? Drawn(generator: generator, order: sorted)
      if drawn.order.count != sorted.count || drawn.epochs - 1 > epoch {
        drawn = Drawn(generator: generator, order: sorted)
      }
      while drawn.epochs <= epoch {
        if !continues { drawn.order = sorted }
        drawn.generator.shuffle(&drawn.order)
        drawn.epochs += 1
      }
      kept = drawn
      return drawn.order
    }
    return Tensor(order)
  }
}
