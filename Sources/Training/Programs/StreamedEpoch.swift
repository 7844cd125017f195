/// An epoch's examples, read part by part in the epoch's order. Members of a group share the parts: what several of them
/// train on at a time is read once.
final class StreamedEpoch {
  private let parts: StreamedParts
  private let orders: [Tensor]
  /// Which part is next.
  private var place = 0

  /// How many examples the programs of a part take.
  static func partCount(members: Int, steps: Int, batchSize: Int, isPadded: Bool) -> Int {
    members * steps * batchSize + (isPadded ? 1 : 0)
  }

  /// - Parameters:
  ///   - order: the epoch's indices, -1 for examples of weight 0; of several members along a leading axis.
  ///   - lengths: the steps of each part.
  ///   - total: the steps of the epoch.
  ///   - start: the step at which the first part begins.
  ///   - isPadded: whether the order ends with indices of -1.
  ///   - devices: how many of the engine's devices get the parts.
  init(
    _ stream: ExampleStream, order: Tensor, members: Int, batchSize: Int, lengths: [Int], of total: Int,
    from start: Int, isPadded: Bool, devices: Int = 1
  ) throws {
    let indices = try order.values(as: Int32.self)
    let share = indices.count / members
    var (parts, orders, next) = ([[Int]](), [Tensor](), start * batchSize)
    for length in lengths {
      var part = Part(isPadded: isPadded, isShared: members > 1)
      let size = length * batchSize
      let width = PartialLoop(steps: length, of: total).orderSteps * batchSize
      var own: [Int32] = []
      for member in 0..<members {
        let start = member * share + next
        for index in indices[start..<start + size] { own.append(part.place(of: index)) }
        own += [Int32](repeating: 0, count: width - size)
      }
      next += size
      parts.append(part.examples)
      orders.append(Tensor(own, shape: members == 1 ? [width] : [members, width]))
    }
    let counts = lengths.map {
      Self.partCount(members: members, steps: $0, batchSize: batchSize, isPadded: isPadded)
    }
    self.parts = StreamedParts(stream, parts, counts: counts, devices: devices)
    self.orders = orders
  }

  /// The next part: the order of its examples, their inputs and their targets.
  func next() throws -> (order: Tensor, examples: [Tensor]) {
    defer { place += 1 }
    return (try orders[place].onDevice(), try parts.next())
  }

  /// The examples of a part, each once where members share them.
  private struct Part {
    private(set) var examples: [Int]
    private var places: [Int32: Int32] = [:]
    private let isShared: Bool

    init(isPadded: Bool, isShared: Bool) {
      // Examples of weight 0 are the data set's first one, as they are where an index of -1 is looked up in all of it.
      examples = isPadded ? [0] : []
      self.isShared = isShared
    }

    mutating func place(of index: Int32) -> Int32 {
      guard index >= 0 else { return -1 }
      if isShared, let known = places[index] { return known }
      let place = Int32(clamping: examples.count)
      if isShared { places[index] = place }
      examples.append(Int(index))
      return place
    }
  }
}
