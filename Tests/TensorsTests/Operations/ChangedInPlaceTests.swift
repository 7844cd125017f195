import PJRT
import TestSupport
import Testing

@testable import Reservoirs
@testable import Tensors

/// Programs whose arguments change where they lie, as parameters do in training: whoever packs weights once and looks them
/// up by their address gives the results of the first call again. Every kernel is tried, and XLA's own code.
@Suite(.tags(.engine, .slow)) struct ChangedInPlaceTests {
  private static let engines: (with: Engine, without: Engine)? = try? (
    Engine(programCache: nil, kernels: .all), Engine(programCache: nil, kernels: [])
  )

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [Shape]
    /// The element type computed in.
    var dtype = DType.float32
    /// What arguments are multiplied by in place.
    var factor = -0.75
    var tolerance = 1e-5
    /// Whether only kernels compute it.
    var needsKernels = false
    /// Makes the arguments of normally distributed numbers.
    var prepared: @Sendable ([Tensor]) -> [Tensor] = { $0 }
    let body: @Sendable ([Tensor]) -> [Tensor]
    var testDescription: String { name }
  }

  /// The value and the gradients of its sum weighted by itself.
  private static func passes(_ operation: @escaping @Sendable ([Tensor]) -> Tensor) -> @Sendable ([Tensor]) -> [Tensor]
  {
    { inputs in
      let points = inputs.map { Tensor(Identity(), [$0]) }
      let value = operation(points)
      return [value] + pullback(of: [value], cotangents: [value], at: points)
    }
  }

  private static func convolution(_ name: String, _ input: Shape, _ kernel: Shape) -> Case {
    Case(name: name, shapes: [input, kernel], body: passes { $0[0].convolution($0[1], padding: .same) })
  }

  /// `[units, width]` weights and where they come from.
  private static func reservoir(closed: Bool) -> Case {
    let (units, width, steps) = (120, 10, 7)
    let columns = Tensor((0..<units * width).map { Int32(($0 * 37 + $0 / width) % units) }, shape: [units, width])
    return Case(
      name: closed ? "reservoir's outputs" : "reservoir's states",
      shapes: [
        [units, width], [1, units], [steps, 2], [2, units], [units], [1, units], [units + 1, 1], [1],
      ], dtype: .float64, tolerance: 1e-12, prepared: { $0.map { $0 * 0.2 } }
    ) { inputs in
      let (values, drive, signals, weights, state) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
      let leak = Tensor([0.3, 0.7])
      guard closed else {
        return [
          reservoirStates(
            values: values, columns: columns, drive: drive, signals: signals, weights: weights, state: state,
            leak: leak)
        ]
      }
      let results = reservoirOutputs(
        values: values, columns: columns, drive: drive, signals: signals, weights: weights, state: state,
        leak: leak,
        feedback: inputs[5], readout: inputs[6], output: inputs[7])
      return [results.outputs, results.state]
    }
  }

  private static let products: [Case] = [
    Case(name: "product", shapes: [[200, 784], [784, 64]], body: { [$0[0].matmul($0[1])] }),
    Case(name: "product and its gradients", shapes: [[100, 64], [64, 32]], body: passes { $0[0].matmul($0[1]) }),
    Case(
      name: "update of weights", shapes: [[100, 364], [100, 32], [364, 32]],
      body: { [$0[2] + $0[0].transpose().matmul($0[1]) * Tensor(-0.1, dtype: $0[0].dtype)] }),
    Case(name: "large product", shapes: [[100, 900], [900, 600]], body: passes { $0[0].matmul($0[1]) }),
    Case(name: "small product", shapes: [[20, 16], [16, 8]], body: { [$0[0].matmul($0[1])] }),
    Case(name: "products of a batch", shapes: [[4, 50, 64], [4, 64, 32]], body: { [$0[0].matmul($0[1])] }),
    Case(name: "product with a vector", shapes: [[200, 300], [300, 1]], body: { [$0[0].matmul($0[1])] }),
    Case(
      name: "two layers", shapes: [[100, 784], [784, 64], [64], [64, 10]],
      body: { [($0[0].matmul($0[1]) + $0[2]).maximum(0).matmul($0[3])] }),
    Case(
      name: "products in a loop", shapes: [[50, 32], [32, 32]], prepared: { [$0[0], $0[1] * 0.2] },
      body: { inputs in
        scan(carry: [inputs[0]], over: [Tensor.iota([5], dtype: inputs[0].dtype)]) { carry, step in
          let next = carry[0].matmul(inputs[1]).tanh() + step[0]
          return ([next], [next])
        }.carry
      }),
    Case(
      name: "product computed again for its gradients", shapes: [[50, 32], [32, 32]],
      body: passes { inputs in checkpoint { (inputs[0].matmul(inputs[1]) * 0.2).tanh() } }),
    Case(
      name: "product in bfloat16", shapes: [[64, 96], [96, 32]], dtype: .bfloat16, tolerance: 0.02,
      body: { [$0[0].matmul($0[1])] }),
  ]

  private static let windows: [Case] = [
    convolution("convolution", [8, 14, 14, 16], [3, 3, 16, 32]),
    convolution("convolution by Winograd's filtering", [6, 14, 15, 64], [3, 3, 64, 80]),
    convolution("convolution along one axis", [4, 50, 8], [5, 8, 16]),
    Case(
      name: "convolution in bfloat16", shapes: [[8, 14, 14, 16], [3, 3, 16, 32]], dtype: .bfloat16, tolerance: 0.03,
      body: passes { $0[0].convolution($0[1], padding: .same) }),
    Case(name: "greatest of windows", shapes: [[8, 12, 12, 16]], body: passes { $0[0].maxPool2D((2, 2)) }),
    Case(
      name: "batch normalization", shapes: [[64, 8, 8, 16], [16], [16]],
      body: passes { Tensor.batchNormalization($0[0], scale: $0[1], offset: $0[2], epsilon: 1e-3, activation: .relu).0 }
    ),
    Case(
      name: "cross entropy", shapes: [[64, 10], [64, 10]], body: passes { $0[0].softmaxCrossEntropy($0[1].squared()) }),
    Case(name: "softmax", shapes: [[64, 70]], body: passes { $0[0].softmax() }),
    Case(
      name: "layer normalization", shapes: [[64, 8, 70], [70], [70]],
      body: passes { Tensor.layerNormalization($0[0], scale: $0[1], offset: $0[2], epsilon: 1e-3) }),
    Case(
      name: "random bits", shapes: [[2]], factor: 2, prepared: { [($0[0].abs() * 1000).floor()] },
      body: { [Key(state: $0[0].cast(to: .uint64)).derived("noise").normal([30, 7])] }),
    Case(name: "sum", shapes: [[30, 30, 40, 5]], body: { [$0[0].sum([0, 1, 2])] }),
    Case(
      name: "images through affine maps", shapes: [[8, 12, 11, 3], [8, 6]],
      prepared: { [$0[0], Tensor([1.0, 0, 0, 0, 1, 0]) + $0[1] * 0.2] },
      body: { [$0[0].sampled(through: $0[1], fill: .reflect)] }),
  ]

  private static let others: [Case] = [
    reservoir(closed: false), reservoir(closed: true),
    Case(name: "Gram matrix", shapes: [[200, 61]], dtype: .float64, tolerance: 1e-12, body: { [$0[0].gramMatrix()] }),
    Case(
      name: "positive definite system", shapes: [[60, 60], [60, 3]], dtype: .float64, factor: 0.75, tolerance: 1e-9,
      prepared: { [$0[0].gramMatrix() + Tensor.identity(60, dtype: .float64), $0[1]] },
      body: { [$0[0].solve($0[1] * $0[1], structure: .positiveDefinite)] }),
    Case(
      name: "ridge regression", shapes: [[150, 40], [150, 2], [40]], dtype: .float64, factor: 0.75, tolerance: 1e-9,
      prepared: { [$0[0], $0[1], $0[2].abs() + 0.1] }, body: { [$0[0].ridge($0[1] * $0[1], penalty: $0[2])] }),
    Case(
      name: "square system", shapes: [[60, 60], [60, 3]], factor: 0.75, tolerance: 1e-3,
      body: { [($0[0] + Tensor.identity(60, dtype: $0[0].dtype) * 30).solve($0[1])] }),
    Case(
      name: "Cholesky's decomposition", shapes: [[60, 60]], dtype: .float64, factor: 0.75, tolerance: 1e-9,
      prepared: { [$0[0].gramMatrix() + Tensor.identity(60, dtype: .float64)] }, body: { [$0[0].cholesky()] }),
    Case(
      name: "QR decomposition", shapes: [[80, 40]], tolerance: 1e-3, body: { [$0[0].qr().q.abs(), $0[0].qr().r.abs()] }),
    Case(
      name: "decompositions", shapes: [[40, 40]], dtype: .float64, tolerance: 1e-9, needsKernels: true,
      body: { inputs in
        let (singular, general, factors) = (inputs[0].svd(), inputs[0].eigvals(), inputs[0].lu())
        let symmetric = inputs[0].eigh()
        return [
          symmetric.values, symmetric.vectors.abs(), general.real, singular.u.abs(), singular.values, factors.upper,
        ]
      }),
    Case(
      name: "lookup, sort and running sum", shapes: [[300, 20]],
      body: { [$0[0].take(Tensor([7, 3, 7, 299] as [Int32])), $0[0].sort(), $0[0].cumulativeSum()] }),
  ]

  private static let cases = products + windows + others

  private func inputs(of one: Case) throws -> [Tensor] {
    var generator = NumPyRandomState(seed: 11)
    let numbers = one.shapes.map { Tensor(generator.randn($0.elementCount), shape: $0) }
    let prepared = try Tensor.evaluate(one.prepared(numbers).map { $0.cast(to: one.dtype).cast(to: .float64) })
    return try prepared.map { Tensor(try $0.values(as: Double.self), shape: $0.shape) }
  }

  /// The results in double precision of arguments of an element type.
  private func program(_ one: Case, as dtype: DType, on engine: Engine) throws -> Program {
    try Program(one.shapes.map { TensorType(dtype, $0) }, on: engine) { one.body($0).map { $0.cast(to: .float64) } }
  }

  private func values(_ tensors: [Tensor]) throws -> [[Double]] { try tensors.map { try $0.values(as: Double.self) } }

  @Test(arguments: cases) func resultsFollow(_ one: Case) throws {
    let engines = try #require(Self.engines)
    let original = try inputs(of: one)
    // Multiplied by a power of two or near it, so that half precision loses nothing that matters.
    let changed = try original.map { Tensor(try $0.values(as: Double.self).map { $0 * one.factor }, shape: $0.shape) }
    let lessOne = try original.map { Tensor(try $0.values(as: Double.self).map { $0 - 1 }, shape: $0.shape) }
    // In double precision, of new arrays, and without kernels.
    let exact = try program(one, as: .float64, on: one.needsKernels ? engines.with : engines.without)
    let expected = try [original, changed].map { try values(exact($0)) }
    for engine in one.needsKernels ? [engines.with] : [engines.with, engines.without] {
      let tested = try program(one, as: one.dtype, on: engine)
      let types = tested.inputs
      let change = try Program(
        types, aliases: Dictionary(uniqueKeysWithValues: types.indices.map { ($0, $0) }), on: engine
      ) {
        $0.map { $0 * one.factor }
      }
      let load = try Program(exact.inputs, on: engine) { $0.map { ($0 + 1).cast(to: one.dtype) } }
      var arguments = try load(lessOne)
      let addresses = try arguments.map { try $0.buffer(on: engine).address() }
      for round in 0..<2 {
        if round > 0 { arguments = try change(arguments) }
        let found = try values(tested(arguments))
        #expect(try arguments.map { try $0.buffer(on: engine).address() } == addresses, "nothing is tested")
        for (found, expected) in zip(found, expected[round]) {
          #expect(relativeDistance(found, expected) < one.tolerance)
        }
      }
    }
    // Results of the first call would be noticed.
    #expect(zip(expected[0], expected[1]).contains { relativeDistance($0, $1) > 0.05 })
  }

  @Test func everyKernelIsTried() throws {
    let engine = try #require(Self.engines).with
    let texts = try Self.cases.map { try program($0, as: $0.dtype, on: engine).text }
    let active = engine.kernels.active
    let reservoirs = reservoirKernels.targets.map { ($0, $0.contains("ridge") ? KernelLibrary.openBLAS : nil) }
    for (target, library) in Kernels.targets + reservoirs {
      if library == .oneDNN, !active.contains(.convolution) { continue }
      if library == .openBLAS, !active.contains(.linearAlgebra) { continue }
      if target.contains("dot"), !active.contains(.bfloat16Product) { continue }
      #expect(texts.contains { $0.contains("@\(target)(") }, "no program calls \(target)")
    }
  }
}
