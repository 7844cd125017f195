/// Some of the steps of a loop over batches, computed bit for bit as the whole loop computes them.
///
/// The compiler takes a loop of one step apart and joins its operations with those around it, which rounds differently. A
/// single step of a longer loop therefore runs as the second one of a loop of two, and that the first one is left out is
/// known only when the program runs. Slices must not be all of an array either: ``orderSteps`` and ``exampleCount(of:)``.
struct PartialLoop {
  let steps: Int
  private let isAlone: Bool

  /// - Parameter total: the steps of the whole loop.
  init(steps: Int, of total: Int) {
    self.steps = steps
    isAlone = steps == 1 && total > 1
  }

  /// The steps of an epoch's parts, in order. Parts end at multiples of `length`, wherever the first one begins.
  static func lengths(_ length: Int, from start: Int, to end: Int) -> [Int] {
    var (lengths, place) = ([Int](), start)
    while place < end {
      let next = Swift.min(end, (place / length + 1) * length)
      lengths.append(next - place)
      place = next
    }
    return lengths
  }

  /// How many steps' indices the order of a part has.
  var orderSteps: Int { isAlone ? 2 : steps }

  /// How many examples an array has that is sliced into batches.
  func exampleCount(of batch: Int) -> Int { steps * batch + (isAlone ? 1 : 0) }

  /// - Parameters:
  ///   - first: an int32 scalar of 0 or more, known only when the program runs; nil for a whole loop.
  ///   - body: gets the carry, and the number of the step in this part.
  func callAsFunction(
    carry: [Tensor], first: Tensor?, body: (_ carry: [Tensor], _ number: Tensor) -> (carry: [Tensor], outputs: [Tensor])
  ) -> (carry: [Tensor], outputs: [Tensor]) {
    guard isAlone, let first else {
      return scan(carry: carry, over: [Tensor.iota([steps])]) { carry, elements in body(carry, elements[0]) }
    }
    let looped = scan(carry: carry, over: [Tensor.iota([2])], from: first.minimum(0) + 1) { carry, elements in
      body(carry, elements[0] - 1)
    }
    return (looped.carry, looped.outputs.map { $0.slice(1..<2) })
  }
}
