import Exports
import Training

/// A function as a layer without parameters.
private struct Operations: Layer {
  let body: @Sendable (Tensor) -> Tensor
  func forward(_ x: Tensor, in scope: Scope) -> Tensor { body(x) }
}

/// What layers may be made of but Tanren's own are not, or not in every form: one sample per group of primitives.
extension ExportSample {
  static var operations: [ExportSample] {
    func sample(_ name: String, _ inputs: Tensor, _ body: @escaping @Sendable (Tensor) -> Tensor) -> ExportSample {
      ExportSample(name: "operations-\(name)", model: Operations(body: body), inputs: inputs)
    }
    @Sendable func numbers(_ truth: Tensor) -> Tensor { truth.cast(to: .float32) }
    let (images, noise) = (images.cast(to: .float32) / 255, key.derived("weights"))
    return [
      sample("unary", rows) { x in
        let positive = x.abs() + 0.1
        return .concatenate(
          [
            x.sign(), x.floor(), x.ceil(), x.rounded(), x.sin(), x.cos(), x.erf(), x.expm1(), (x * 1e-4).expm1() * 1e4,
            positive.log(), (positive * 1e-4).log1p() * 1e4, positive.sqrt(), positive.rsqrt(), x.cbrt(), -x,
          ], axis: 1)
      },
      sample("binary", rows) { x in
        .concatenate(
          [
            x.abs().power(1.7), x.remainder(dividingBy: 0.7), x.minimum(0.3), x.maximum(-0.2), x.clamped(to: -1...1),
            (x * 7).cast(to: .int32).remainder(dividingBy: 3).cast(to: .float32), x.reverse([1]) / (x.abs() + 1),
          ], axis: 1)
      },
      sample("comparisons", rows) { x in
        let (near, other) = (x.rounded() * 0.5, x.reverse([1]).rounded() * 0.5)
        let truth = [near .== other, near .!= other, near .< other, near .<= other, near .> other, near .>= other]
        let mixed = [
          (x .> 0) .& (x .< 1), (x .< 0) .| (x .> 1), (x .> 0) .^ (x .> 1), .!(x .> 0), (x / 0 * 0).isFinite(),
        ]
        return .concatenate((truth + mixed).map(numbers), axis: 1)
      },
      sample("integers", tokens) { x in
        let short = x.cast(to: .uint8)
        let bits = [x .& (x + 5), x .| (x + 5), x .^ (x + 5), .!x, x / 3, (short + 250).cast(to: .int32)]
        let least = [short.minimum(7), short.maximum(7), short.replaced(where: short .> 4, by: 1)].map {
          $0.cast(to: .int32)
        }
        return Tensor.concatenate(bits + least, axis: 1).cast(to: .float32)
      },
      sample("reductions", sequences) { x in
        let sums = [
          x.sum([1]), x.product([1]), x.max([1]), x.min([1]), x.mean([1]), x.variance([1]), x.logSumExp([1]),
          x.sum([2]).slice(0..<5, axis: 1), numbers((x .> 1).any([1])), numbers((x .> -2).all([1])),
          x.argMax(axis: 1).cast(to: .float32), Tensor(2).broadcast(to: x.shape).sum([1]),
        ]
        return .concatenate(sums, axis: 1)
      },
      sample("cumulativeSums", sequences) { x in
        .concatenate(
          [
            x.cumulativeSum(axis: 1), x.cumulativeSum(axis: 2, reversed: true),
            x.transpose([0, 2, 1]).cumulativeSum(axis: 1).transpose([0, 2, 1]),
          ], axis: 2)
      },
      sample("slices", sequences) { x in
        let rolled = Tensor.concatenate([x.slice(1..<12, axis: 1), x.slice(0..<1, axis: 1)], axis: 1)
        let parts = [
          rolled, x.reverse([1, 2]), x.pad([(0, 0), (2, 0), (0, 0)], with: 3).slice(0..<12, axis: 1),
          x.pad([(0, 0), (-1, 1), (1, -1)]), x.slice(0..<12, axis: 1, stride: 2).pad([(0, 0), (3, 3), (0, 0)]),
          Tensor(0.5).broadcast(to: x.shape),
        ]
        return Tensor.concatenate(parts, axis: 2).transpose([0, 2, 1])
      },
      sample("batchAxis", rows) { x in
        let count = x.shape[0]
        let places = Tensor.iota(x.shape, axis: 1, dtype: .float32)
        // For each example itself, by its number.
        let own = x + places + Tensor.iota([count, 1], dtype: .float32) * 0
        let twice = Tensor.concatenate([x, x * 2], axis: 0).reshape(to: [2, count, 10]).transpose([1, 0, 2])
        return .concatenate([own, twice.reshape(to: [count, 20]), x.slice(0..<count).expand(at: 1).sum([1])], axis: 1)
      },
      sample("gathers", sequences) { x in
        let order = Tensor([3, 0, 11, 7, 50] as [Int32])
        let along = (x.abs() * 3).cast(to: .int32).slice(0..<4, axis: 1)
        let oneHot = along.clamped(to: 0...4).slice(0..<1, axis: 2).squeeze(2).oneHot(5)
        return .concatenate([x.take(order, axis: 1), x.takeAlongAxis(along, axis: 1), oneHot], axis: 1)
      },
      sample("products", sequences) { x in
        let kernel = noise.normal([5, 3, 2])
        let gram = Tensor.einsum("btc,bsc->bts", x, x)
        let parts = [
          gram.reshape(to: [x.shape[0], 144]), Tensor.einsum("btc,cij->bij", x, kernel).reshape(to: [x.shape[0], 6]),
          Tensor.einsum("btc,btc->b", x, x).expand(at: 1),
          Tensor.einsum("btc,btd->bcd", x, x.sin()).reshape(to: [x.shape[0], 25]),
          x.matmul(noise.normal([5, 1])).squeeze(2),
          Tensor.einsum("ic,btc->bti", kernel.slice(0..<1, axis: 2).squeeze(2).transpose(), x).reshape(to: [
            x.shape[0], 36,
          ]),
        ]
        return .concatenate(parts, axis: 1)
      },
      sample("convolutions", images) { x in
        let flat = x.reshape(to: [x.shape[0], 256, 12])
        let sequence = flat.convolution(noise.normal([5, 3, 8]), strides: [2], padding: .edges([(4, 0)]), groups: 4)
        let enlarged = x.convolution(
          noise.normal([3, 4, 3, 6]), padding: .edges([(1, 2), (2, 1)]), dilation: [2, 1], inputDilation: [2, 3])
        let grouped = sequence.convolution(noise.normal([3, 4, 6]), inputDilation: [2], groups: 2)
        let volume = x.reshape(to: [x.shape[0], 8, 16, 8, 3]).convolution(
          noise.normal([2, 3, 3, 3, 4]), padding: .same)
        let cropped = x.convolution(noise.normal([3, 3, 3, 2]), padding: .edges([(-2, 1), (0, -1)]))
        return .concatenate(
          [sequence, enlarged, grouped, volume, cropped].map { y in
            y.reshape(to: [x.shape[0], y.shape.elementCount / x.shape[0]])
          }, axis: 1)
      },
      sample("angles", rows) { x in
        // All quadrants and axes; a zero of either sign is as good as none in a difference.
        let (y, other) = ((x * 2).rounded() / 2, (x.reverse([1]) * 2).rounded() / 2)
        let far = Tensor.select(x .> 1, x / 0, x)
        let within = (x / 4).clamped(to: -0.9999999...0.9999999)
        return .concatenate(
          [
            .atan2(x, x.reverse([1])), .atan2(y, other), .atan2(-y, other), .atan2(y, -other), .atan2(y * 0, other),
            .atan2(far, x.reverse([1])), .atan2(far, far), .atan2(x * 1e-20, other), within.erfInverse(),
            (within * 1e-3).erfInverse() * 1e3, (1 - within.abs() * 1e-5).erfInverse(),
          ], axis: 1)
      },
      sample("shifts", tokens) { x in
        let amount = x.reverse([1])
        func shifted(_ dtype: DType, _ factor: Double, _ offset: Double) -> [Tensor] {
          let (bits, shift) = ((x * factor + offset).cast(to: dtype), (amount * 2 - 1).cast(to: dtype))
          return [bits.shiftedLeft(by: shift), bits.shiftedRight(by: shift)].map { $0.cast(to: .float32) }
        }
        return .concatenate(
          shifted(.int32, -70_001, 3) + shifted(.uint32, 60_000_000, 5) + shifted(.uint8, 13, 0)
            + shifted(.int8, -6, 1) + shifted(.int16, -1700, 9) + shifted(.uint16, 3000, 1)
            + shifted(.int64, -90_000, 2), axis: 1)
      },
      sample("sorts", sequences) { x in
        let (rough, flat) = (x.rounded(), x.reshape(to: [x.shape[0], 60]))
        let holes = Tensor.select(x .> 0.8, x / 0, Tensor.select(x .< -0.8, (x - x) / 0, x))
        let order = holes.argSort(axis: 1, descending: true)
        let (values, indices) = flat.topK(7)
        let pair = Tensor.sort([rough, x], axis: 1)
        let parts =
          pair + [
            x.sort(axis: 2), x.sort(axis: 1, descending: true), order.cast(to: .float32),
            holes.argSort(axis: 1).cast(to: .float32), x.takeAlongAxis(order, axis: 1),
            (rough * 3).cast(to: .int8).sort(axis: 1).cast(to: .float32),
            x.transpose([0, 2, 1]).sort(axis: 2).transpose([0, 2, 1]),
            gradient(at: x) { ($0.sort(axis: 1) * x).sum() },
          ]
        return .concatenate(
          parts.map { $0.reshape(to: [x.shape[0], 60]) } + [values, indices.cast(to: .float32)], axis: 1)
      },
      sample("dynamicSlices", sequences) { x in
        let steps = x.moveAxis(from: 1, to: 0)
        let first = (x.slice(0..<1).slice(0..<1, axis: 1).slice(0..<1, axis: 2).reshape(to: []) * 10).cast(to: .int32)
        // Inside, and beyond either end, where a block is moved back.
        let blocks = [first.remainder(dividingBy: 5) + 4, first - 1000, first + 1000].flatMap { start in
          [
            steps.rows(from: start, count: 3),
            gradient(at: steps) { ($0.rows(from: start, count: 3) * steps.slice(2..<5)).sum() },
          ]
        }
        return Tensor.concatenate(blocks, axis: 0).moveAxis(from: 1, to: 0)
      },
      sample("interiorPadding", sequences) { x in
        let (wide, narrow) = (x.slice(0..<11, axis: 1, stride: 3), x.slice(1..<5, axis: 2, stride: 2))
        let both = gradient(at: x) { y in
          (y.slice(2..<12, axis: 1, stride: 4).slice(0..<5, axis: 2, stride: 2) * 2).sum()
            + (y.slice(0..<11, axis: 1, stride: 3) * wide).sum() + (y.slice(1..<5, axis: 2, stride: 2) * narrow).sum()
        }
        let turned = gradient(at: x.transpose([0, 2, 1])) { ($0.slice(0..<12, axis: 2, stride: 5).squared()).sum() }
        return .concatenate([both, turned.transpose([0, 2, 1])], axis: 2)
      },
      sample("whileLoop", sequences) { x in
        // As many steps as the first record says; the condition and the body both use values from outside.
        let limit = x.slice(0..<1).abs().sum() + 20
        let found = whileLoop(carry: [x.sum([1]), Tensor(0)], condition: { $0[1] .< limit }) { carry in
          [(carry[0] * 0.9 + x.mean([1])).tanh(), carry[1] + 3]
        }
        let none = whileLoop(carry: [x.sum([1])], condition: { _ in limit .< 0 }) { [$0[0] * 0] }
        return .concatenate([found[0], found[1].broadcast(to: [x.shape[0], 1]), none[0]], axis: 1)
      },
      sample("control", sequences) { x in
        let isPositive = x.slice(0..<1).sum() .> -1e9
        let chosen = conditional(isPositive, then: { x * 2 }, else: { x - 1 })
        let again = checkpoint { (chosen.sin() + x).tanh() }
        let own = withGradient(
          [again], value: { [$0[0].exp()] }, pullback: { _, results, cotangents in [results[0] * cotangents[0]] })
        let looped = scan(carry: [own[0].sum([1])], over: [x.moveAxis(from: 1, to: 0)], reversed: true) {
          carry, elements in
          let next = (carry[0] * 0.5 + elements[0]).tanh()
          return ([next], [next * 2])
        }
        let counted = scan(carry: [x.sum([1])], length: 4) { carry, _ in ([carry[0].cos()], []) }
        return .concatenate(
          [
            looped.carry[0], counted.carry[0],
            looped.outputs[0].moveAxis(from: 0, to: 1).reshape(to: [x.shape[0], 60]),
          ], axis: 1)
      },
    ]
  }
}
