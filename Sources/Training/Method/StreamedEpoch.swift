/// An epoch's examples, read part by part in the epoch's order.
final class StreamedEpoch {
  private let parts: StreamedParts
  private let orders: [[Int32]]
  /// Which part is next.
  private var place = 0

  /// - Parameters:
  ///   - order: the epoch's indices, -1 for examples of weight 0.
  ///   - lengths: the steps of each part.
  ///   - start: the step at which the first part begins.
  ///   - isPadded: whether the order ends with indices of -1.
  init(
    _ stream: ExampleStream, order: Tensor, batchSize: Int, lengths: [Int], from start: Int, isPadded: Bool
  ) throws {
    let indices = try order.values(as: Int32.self)
    var (parts, orders, next) = ([[Int]](), [[Int32]](), start * batchSize)
    for length in lengths {
      let own = indices[next..<next + length * batchSize]
      next += own.count
      let examples = own.map { Swift.max(0, Int($0)) }
      // Examples of weight 0 are the data set's first one, as they are where an index of -1 is looked up in all of it.
      parts.append(isPadded ? [0] + examples : examples)
      let first: Int32 = isPadded ? 1 : 0
      orders.append(own.enumerated().map { $1 < 0 ? -1 : Int32(clamping: $0) + first })
    }
    self.parts = StreamedParts(stream, parts)
    self.orders = orders
  }

  /// The next part: the order of its examples, their inputs and their targets.
  func next() throws -> (order: Tensor, examples: [Tensor]) {
    defer { place += 1 }
    return (try Tensor(orders[place]).onDevice(), try parts.next())
  }
}
