import PJRT

/// Uniform random bits by Threefry-2x32 with 20 rounds (Salmon et al. 2011), the same on every backend.
///
/// The input is the state `uint64[2]`, a key and a counter, or several, `uint64[states…, 2]`. Results: the bits of each.
struct RandomBits: NonDifferentiable {
  static let name = "randomBits"
  /// `uint32` or `uint64` elements of the wanted shape, drawn from each state.
  let type: TensorType

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.checkStates(inputs[0])
    guard type.dtype == .uint32 || type.dtype == .uint64 else {
      throw ShapeError("random bits come as uint32 or uint64, not \(type.dtype)")
    }
    guard type.shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(type.shape) has a negative extent") }
    return [TensorType(type.dtype, Shape(inputs[0].shape.dropLast() + type.shape))]
  }

  static func checkStates(_ states: TensorType) throws(ShapeError) {
    guard states.dtype == .uint64, states.shape.last == 2 else { throw ShapeError("the state must be uint64[2]") }
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if writer.kernels.contains(.randomBits) { return writer.call("random_bits.1", inputs, [:], results) }
    let states = inputs[0].type
    guard states.shape.rank == 1 else {
      let each = Subgraph([states]) { mapped(self, $0, [true], size: states.shape[0]) }
      return writer.inline(each, inputs)
    }
    let drawn = writer.assign(
      "stablehlo.rng_bit_generator \(inputs[0]), algorithm = THREE_FRY : (\(states)) -> (\(states), \(type))",
      [states, type])
    return [drawn[1]]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] { Tensor.apply(self, to: inputs) }
}

/// The state of the key that is derived from another by a number: from states `uint64[states…, 2]` and numbers
/// `uint64[states…]` as many states.
struct FoldedKey: NonDifferentiable {
  static let name = "foldedKey"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try RandomBits.checkStates(inputs[0])
    let numbers = TensorType(.uint64, Shape(inputs[0].shape.dropLast()))
    guard inputs[1] == numbers else {
      throw ShapeError("the number must be uint64\(numbers.shape), not \(inputs[1].dtype)\(inputs[1].shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if writer.kernels.contains(.randomBits) { return writer.call("folded_key.1", inputs, [:], results) }
    return writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
  }

  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    // Another key, not another counter of this one: draws of any length can't meet a derived key's input.
    let domain = Tensor([UInt64(0x9e37_79b9_7f4a_7c15)], shape: [])
    let counters = Tensor.concatenate([inputs[0].slice(0..<1, axis: -1) .^ domain, inputs[1].expand(at: -1)], axis: -1)
    let bits = Tensor(RandomBits(type: TensorType(.uint64, [1])), [counters])
    return [Tensor.concatenate([bits, bits.zerosLike()], axis: -1)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
