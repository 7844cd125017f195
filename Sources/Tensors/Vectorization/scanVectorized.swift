/// A loop over batches: every carry gets the batch axis, since one that starts shared may not stay so.
func scanVectorized(_ scan: Scan, _ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
  let carry = Array(inputs.prefix(scan.carryCount)).batched(Array(isBatched.prefix(scan.carryCount)), size)
  let flags = Array(isBatched.dropFirst(scan.carryCount).prefix(scan.sequenceCount))
  let sequences = zip(inputs.dropFirst(scan.carryCount), flags).map { $1 ? $0.moveAxis(from: 0, to: 1) : $0 }
  let captures = Array(inputs.dropFirst(scan.carryCount + scan.sequenceCount))
  let captureFlags = Array(isBatched.dropFirst(scan.carryCount + scan.sequenceCount))
  let types = carry.map(\.type) + sequences.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }
  let body = Subgraph(types) { arguments in
    vectorized(
      scan.body, arguments + captures, Array(repeating: true, count: scan.carryCount) + flags + captureFlags,
      size: size)
  }
  let result = Tensor.scan(body, carry: carry, sequences: sequences, length: scan.length, reversed: scan.isReversed)
  return result.carry + (result.sequences + result.histories).map { $0.moveAxis(from: 1, to: 0) }
}
