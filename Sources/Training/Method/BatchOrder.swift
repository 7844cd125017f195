import Synchronization

/// The order in which an epoch visits the examples.
public protocol BatchOrder: Sendable {
  /// The examples' indices for epoch `epoch` (from 0), `int32 [count]`.
  /// - Throws: anything that prevents the order from being computed.
  func indices(count: Int, epoch: Int, key: Key) throws -> Tensor
}

/// A new random permutation per epoch, drawn on the device from the training key.
public struct ShuffledOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let epoch = try Tensor([Int64(epoch)], shape: []).onDevice()
    return try key.derived("order").folding(epoch).permutation(count).evaluate()
  }
}

/// The order of the data set, in every epoch.
public struct SequentialOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    try Tensor.iota([count]).evaluate()
  }
}

/// `numpy.random.shuffle` of the indices in each epoch, from a given state of NumPy's legacy generator.
///
/// Each epoch's order depends on those before it, so they are drawn in sequence. Asking for an earlier epoch, or for
/// another number of examples, draws again from the beginning.
public final class NumPyOrder: BatchOrder {
  private struct Drawn {
    var generator: NumPyRandomState
    var order: [Int32]
    /// Epochs drawn so far.
    var epochs = 0
  }

  private let generator: NumPyRandomState
  /// Whether each epoch shuffles the previous epoch's order instead of 0, 1, ….
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
