import Synchronization

/// `numpy.random.shuffle` of the indices at each epoch, from a given state of NumPy's legacy generator.
///
/// The order of an epoch depends on those before it: epochs are shuffled one after the other and kept.
public final class NumPyOrder: BatchOrder {
  /// Whether each epoch shuffles the order of the last one instead of starting from 0, 1, ….
  private let continues: Bool
  private let drawn: Mutex<(generator: NumPyRandomState, epochs: [[Int32]])>

  public init(_ generator: NumPyRandomState, continues: Bool = false) {
    self.continues = continues
    drawn = Mutex((generator, []))
  }

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let order = drawn.withLock { drawn in
      while drawn.epochs.count <= epoch {
        var order = continues ? drawn.epochs.last ?? (0..<Int32(count)).map(\.self) : (0..<Int32(count)).map(\.self)
        drawn.generator.shuffle(&order)
        drawn.epochs.append(order)
      }
      return drawn.epochs[epoch]
    }
    return Tensor(order)
  }
}
