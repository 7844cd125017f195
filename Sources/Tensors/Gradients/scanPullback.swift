/// The gradient of a loop: a loop the other way, which runs the body again from the carry each step began
/// with. Only the carries are stored, not what the body computed between.
func scanPullback(_ scan: Scan, _ cotangents: [Tensor], _ inputs: [Tensor], _ results: [Tensor]) -> [Tensor?] {
  let (carryCount, sequenceCount) = (scan.carryCount, scan.sequenceCount)
  let captures = Array(inputs.dropFirst(carryCount + sequenceCount))
  let sequences = Array(inputs.dropFirst(carryCount).prefix(sequenceCount))
  let history = Array(results.suffix(carryCount))
  // The gradient of a gradient reads the histories as results: their cotangents join the carry's.
  let collectedCotangents = Array(cotangents.dropFirst(carryCount))

  let smoothCarry = (0..<carryCount).filter { inputs[$0].dtype.isFloatingPoint }
  let smoothSequences = sequences.indices.filter { sequences[$0].dtype.isFloatingPoint }
  let smoothCaptures = captures.indices.filter { captures[$0].dtype.isFloatingPoint }
  let smoothResults = scan.body.results.indices.filter { scan.body.results[$0].dtype.isFloatingPoint }

  let initial = smoothCarry.map { cotangents[$0] } + smoothCaptures.map { captures[$0].zerosLike() }
  let elements = history + sequences + collectedCotangents
  let types = initial.map(\.type) + elements.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }
  let body = Subgraph(types) { arguments in
    var rest = arguments[...]
    func next(_ count: Int) -> [Tensor] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let (carryCotangents, sums) = (next(smoothCarry.count), next(smoothCaptures.count))
    let point = next(carryCount) + next(sequenceCount)
    let (collected, historyCotangents) = (next(scan.collectedCount), next(carryCount))
    let points = point.map { Tensor(Identity(), [$0]) } + captures.map { Tensor(Identity(), [$0]) }
    let values = scan.body(points)
    var seeds: [Tensor?] = Array(repeating: nil, count: carryCount) + collected
    for (index, cotangent) in zip(smoothCarry, carryCotangents) { seeds[index] = cotangent }
    let wanted =
      smoothCarry + smoothSequences.map { $0 + carryCount }
      + smoothCaptures.map { $0 + carryCount + sequenceCount }
    let found = pullback(
      of: smoothResults.map { values[$0] }, cotangents: smoothResults.map { seeds[$0] },
      at: wanted.map { points[$0] })
    let carryFound = zip(smoothCarry, found).map { $1 + historyCotangents[$0] }
    let captureFound = zip(sums, found.suffix(smoothCaptures.count)).map { $0 + $1 }
    return carryFound + captureFound + found.dropFirst(smoothCarry.count).prefix(smoothSequences.count)
  }
  let found = Tensor.scan(
    body, carry: initial, sequences: elements, length: scan.length, reversed: !scan.isReversed)
  var cotangents: [Tensor?] = Array(repeating: nil, count: inputs.count)
  for (index, cotangent) in zip(smoothCarry, found.carry) { cotangents[index] = cotangent }
  for (index, cotangent) in zip(smoothSequences, found.sequences) { cotangents[carryCount + index] = cotangent }
  for (index, cotangent) in zip(smoothCaptures, found.carry.dropFirst(smoothCarry.count)) {
    cotangents[carryCount + sequenceCount + index] = cotangent
  }
  return cotangents
}
