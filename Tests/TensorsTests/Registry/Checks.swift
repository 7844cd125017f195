import Foundation
import PJRT
import Testing

@testable import Tensors

/// Whether numbers agree to a relative tolerance; NaN agrees with NaN.
///
/// - Parameter floor: the tolerance is relative to this where the expected number is smaller.
func agree(_ found: [Double], _ expected: [Double], within tolerance: Double, floor: Double = 1) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { found, expected in
      found == expected || (found.isNaN && expected.isNaN)
        || (found - expected).magnitude <= tolerance * Swift.max(expected.magnitude, floor)
    }
}

/// A weighted sum of all that is floating-point, with weights that tell the elements apart.
private func weighted(_ tensors: [Tensor], phase: Double) -> Tensor {
  tensors.enumerated().filter { $0.element.dtype.isFloatingPoint }.map { index, tensor in
    let weights = (0..<tensor.shape.elementCount).map { cos(phase + 1.7 * Double($0) + 0.6 * Double(index)) + 0.2 }
    return (tensor * Tensor(weights, shape: tensor.shape)).sum()
  }.reduce(Tensor(0, dtype: .float64), +)
}

/// Compares the gradient of a weighted sum of the results, and the gradient of a weighted sum of that gradient,
/// with central differences: one program, run at many points.
/// - Parameter orders: 1 leaves out the gradient's gradient.
func checkGradients(_ sample: PrimitiveRow.Sample, orders: Int = 2) throws {
  let smooth = sample.inputs.indices.filter { sample.inputs[$0].dtype == .float64 }
  guard !smooth.isEmpty else { return }
  let program = try Program(sample.inputs.map(\.type)) { arguments in
    let points = arguments.map { Tensor(Identity(), [$0]) }
    let wanted = smooth.map { points[$0] }
    let value = weighted(sample.apply(points), phase: 0.3)
    let first = pullback(of: [value], cotangents: [value.onesLike()], at: wanted)
    guard orders > 1 else { return [value] + first }
    let slope = weighted(first, phase: 1.1)
    return [value, slope] + first + pullback(of: [slope], cotangents: [slope.onesLike()], at: wanted)
  }
  let found = try program(sample.inputs).dropFirst(orders).map { try $0.values(as: Double.self) }
  for (position, index) in smooth.enumerated() {
    let center: [Double] = try sample.inputs[index].values()
    var expected: [[Double]] = [[], []]
    for element in center.indices {
      let step = 1e-5 * Swift.max(1, center[element].magnitude)
      let ends = try [step, -step].map { offset in
        var moved = center
        moved[element] += offset
        var inputs = sample.inputs
        inputs[index] = Tensor(moved, shape: inputs[index].shape)
        return try program(inputs).prefix(orders).map { try $0.values(as: Double.self)[0] }
      }
      for order in 0..<orders { expected[order].append((ends[0][order] - ends[1][order]) / (2 * step)) }
    }
    for order in 0..<orders {
      let derivative = found[order * smooth.count + position]
      #expect(
        agree(derivative, expected[order], within: 1e-6),
        "derivative \(order + 1) at input \(index): \(derivative), differences give \(expected[order])")
    }
  }
}

/// Arrays one after the other on the host, where that compiles no program.
private func stacked(_ members: [Tensor]) throws -> Tensor {
  let arrays = try members.map { try $0.hostArray() }
  return Tensor(
    try HostArray(
      dtype: arrays[0].dtype, shape: [arrays.count] + arrays[0].shape, bytes: arrays.flatMap(\.bytes)))
}

/// Compares the batching rule, for every choice of batched inputs, with the members one by one: one program that
/// gives the batches and one member, run for each member.
func checkBatching(_ sample: PrimitiveRow.Sample) throws {
  let size = 3
  let count = sample.inputs.count
  let members = try (0..<size).map { index in try sample.inputs.map { try $0.member(index) } }
  let stacks = try (0..<count).map { input in try stacked(members.map { $0[input] }) }
  // A primitive without inputs is shared by the members: an argument that it ignores stands for the batch.
  let choices = count == 0 ? [[]] : (1..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
  let alone = try Program(members[0].map(\.type)) { sample.apply($0).map { $0.cast(to: .float64) } }
  let program = try Program((members[0] + stacks).map(\.type)) { arguments in
    let (single, stacked) = (Array(arguments.prefix(count)), Array(arguments.dropFirst(count)))
    let results = choices.flatMap { flags -> [Tensor] in
      guard count > 0 else { return vectorized(over: [0]) { _ in sample.apply([]) }([Tensor.zeros([size])]) }
      let axes: [Int?] = flags.map { $0 ? 0 : nil }
      return vectorized(over: axes, sample.apply)(flags.indices.map { flags[$0] ? stacked[$0] : single[$0] })
    }
    let types = sample.types.map { TensorType($0.dtype, $0.shape.prepending(size)) }
    #expect(results.map(\.type) == choices.flatMap { _ in types })
    return results.map { $0.cast(to: .float64) }
  }
  let batches = try program(members[0] + stacks).map { try $0.values(as: Double.self) }
  let width = sample.types.count
  for (position, flags) in choices.enumerated() {
    var expected: [[Double]] = sample.types.map { _ in [] }
    for member in 0..<size {
      let inputs = flags.indices.map { flags[$0] ? members[member][$0] : members[0][$0] }
      for (index, result) in try alone(inputs).enumerated() {
        expected[index] += try result.values(as: Double.self)
      }
    }
    let found = batches.dropFirst(width * position).prefix(width)
    for (found, expected) in zip(found, expected) {
      #expect(agree(found, expected, within: 1e-12), "batched \(flags): \(found), members give \(expected)")
    }
  }
}
