import Foundation
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
func checkGradients(_ sample: PrimitiveRow.Sample) throws {
  let smooth = sample.inputs.indices.filter { sample.inputs[$0].dtype == .float64 }
  guard !smooth.isEmpty else { return }
  let program = try Program(sample.inputs.map(\.type)) { arguments in
    let points = arguments.map { Tensor(Identity(), [$0]) }
    let wanted = smooth.map { points[$0] }
    let value = weighted(sample.apply(points), phase: 0.3)
    let first = pullback(of: [value], cotangents: [value.onesLike()], at: wanted)
    let slope = weighted(first, phase: 1.1)
    return [value, slope] + first + pullback(of: [slope], cotangents: [slope.onesLike()], at: wanted)
  }
  let found = try program(sample.inputs).dropFirst(2).map { try $0.values(as: Double.self) }
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
        return try program(inputs).prefix(2).map { try $0.values(as: Double.self)[0] }
      }
      for order in 0..<2 { expected[order].append((ends[0][order] - ends[1][order]) / (2 * step)) }
    }
    for order in 0..<2 {
      let derivative = found[order * smooth.count + position]
      #expect(
        agree(derivative, expected[order], within: 1e-6),
        "derivative \(order + 1) at input \(index): \(derivative), differences give \(expected[order])")
    }
  }
}

/// Compares the batching rule, for every choice of batched inputs, with the members one by one.
func checkBatching(_ sample: PrimitiveRow.Sample) throws {
  let size = 3
  let members = try (0..<size).map { index in try sample.inputs.map { try $0.member(index) } }
  let count = sample.inputs.count
  // A primitive without inputs is shared by the members: an argument that it ignores stands for the batch.
  let choices = count == 0 ? [[]] : (1..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
  let program = try Program(members.flatMap { $0.map(\.type) }) { arguments in
    let members = (0..<size).map { Array(arguments.dropFirst($0 * count).prefix(count)) }
    return choices.flatMap { flags -> [Tensor] in
      let inputs = flags.indices.map { index in
        flags[index] ? Tensor.stack(members.map { $0[index] }) : members[0][index]
      }
      let axes: [Int?] = flags.map { $0 ? 0 : nil } + (count == 0 ? [0] : [])
      let batch = count == 0 ? [Tensor.zeros([size])] : inputs
      let batched = vectorized(over: axes) { sample.apply(count == 0 ? [] : $0) }(batch)
      let single = (0..<size).map { member in
        sample.apply(flags.indices.map { flags[$0] ? members[member][$0] : members[0][$0] })
      }
      let expected = batched.indices.map { result in Tensor.stack(single.map { $0[result] }) }
      #expect(batched.map(\.type) == expected.map(\.type))
      return (batched + expected).map { $0.cast(to: .float64) }
    }
  }
  let results = try program(members.flatMap(\.self))
  let stride = choices.isEmpty ? 0 : results.count / choices.count
  for (position, flags) in choices.enumerated() {
    let own = try results.dropFirst(position * stride).prefix(stride).map { try $0.values(as: Double.self) }
    for (found, expected) in zip(own.prefix(stride / 2), own.suffix(stride / 2)) {
      #expect(agree(found, expected, within: 1e-12), "batched \(flags): \(found), members give \(expected)")
    }
  }
}
