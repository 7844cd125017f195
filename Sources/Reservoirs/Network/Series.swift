/// A series as the network computes with it: `[sequences, steps, channels]`.
struct Series {
  let tensor: Tensor
  /// Whether it was given with an axis of sequences.
  let isBatch: Bool

  var sequences: Int { tensor.shape[0] }
  var steps: Int { tensor.shape[1] }

  /// - Throws: ``ReservoirError`` for another rank or number of channels, or values that aren't finite.
  init(_ given: Tensor, channels: Int, dtype: DType, named name: String) throws {
    if let diagnostic = given.diagnostic { throw diagnostic }
    let expected = "[steps, \(channels)] or [sequences, steps, \(channels)]"
    guard [2, 3].contains(given.rank), given.shape.last == channels, given.shape[0] > 0 else {
      throw ReservoirError.shape(series: name, found: Array(given.shape), expected: expected)
    }
    isBatch = given.rank == 3
    let batch = isBatch ? given : given.expand(at: 0)
    let results = try Tensor.evaluate([batch.cast(to: dtype), given.cast(to: dtype).isFinite().cast(to: .int32).min()])
    tensor = results[0]
    guard given.shape.elementCount > 0, try results[1].scalar() == 0 else { return }
    let values: [Double] = try batch.cast(to: .float64).values()
    let place = values.firstIndex { !$0.isFinite } ?? 0
    throw ReservoirError.notFinite(
      series: name, step: place / channels % max(1, batch.shape[1]), channel: place % channels, value: values[place])
  }

  private init(_ tensor: Tensor, isBatch: Bool) { (self.tensor, self.isBatch) = (tensor, isBatch) }

  func slice(_ range: Range<Int>) -> Series { Series(tensor.slice(range, axis: 1), isBatch: isBatch) }

  /// A result of the network with the axes that the series was given with.
  func like(_ tensor: Tensor) -> Tensor { isBatch ? tensor : tensor.squeeze(0) }
}
