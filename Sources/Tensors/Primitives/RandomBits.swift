/// Uniform random bits by Threefry-2x32 with 20 rounds (Salmon et al. 2011), the same on every backend.
///
/// The input is the state `uint64[2]`: key and counter. Results: the bits.
struct RandomBits: NonDifferentiable {
  static let name = "randomBits"
  /// `uint32` or `uint64` elements of the wanted shape.
  let type: TensorType

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs[0] == TensorType(.uint64, [2]) else { throw ShapeError("the state must be uint64[2]") }
    guard type.dtype == .uint32 || type.dtype == .uint64 else {
      throw ShapeError("random bits come as uint32 or uint64, not \(type.dtype)")
    }
    guard type.shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(type.shape) has a negative extent") }
    return [type]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let drawn = writer.assign(
      "stablehlo.rng_bit_generator \(inputs[0]), algorithm = THREE_FRY : (\(inputs[0].type)) -> "
        + "(\(inputs[0].type), \(type))", [inputs[0].type, type])
    return [drawn[1]]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    mapped(self, inputs, isBatched, size: size)
  }
}
