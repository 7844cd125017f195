/// A batching rule of last resort: the members one after the other in a `scan`.
func mapped(_ primitive: some Primitive, _ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
  let sequences = zip(inputs, isBatched).filter(\.1).map(\.0)
  let body = Subgraph(sequences.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }) { members in
    var members = members.makeIterator()
    return Tensor.apply(primitive, to: zip(inputs, isBatched).map { $1 ? members.next() ?? $0 : $0 })
  }
  return Tensor.scan(body, carry: [], sequences: sequences, length: size, reversed: false).sequences
}
