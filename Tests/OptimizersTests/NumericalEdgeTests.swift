import Configuration
import Optimizers
import TestSupport
import Testing

/// What every optimizer does with every float type, with zeros, and with NaN.
@Suite(.tags(.engine)) struct NumericalEdgeTests {
  private static let types: [DType] = [.float16, .bfloat16, .float32, .float64]

  /// Three steps from parameters of which one is zero: gradients of zero, then `gradient`, then zero again.
  private func run(_ name: String, _ dtype: DType, kernelGradient: [Double]) throws -> TensorTree {
    func tensor(_ values: [Double], _ shape: Shape) -> Tensor { Tensor(values, shape: shape).cast(to: dtype) }
    let parameters = TensorTree([("kernel", tensor([0.5, -1, 2, 0], [2, 2])), ("bias", tensor([0, 0], [2]))])
    let gradients = TensorTree([
      ("kernel", tensor([0, 0, 0, 0] + kernelGradient + [0, 0, 0, 0], [3, 2, 2])),
      ("bias", tensor([0, 0, 1, -0.25, 0, 0], [3, 2])),
    ])
    // From 1e-6 the first steps are 0 in half precision.
    let choice = name == "dAdaptSGD" ? "dAdaptSGD(initialDistance: 0.01)" : name
    let tree = OptimizersTests.run(try optimizer(choice).transform, from: parameters, gradients: gradients)
    #expect(tree.types.allSatisfy { $0.dtype == dtype }, "\(name) changes the type of \(dtype)")
    return tree.mapValues { $0.cast(to: .float64) }
  }

  @Test func everyTypeStaysFiniteAndMoves() throws {
    let names = Registry<any Optimizer>.all.names
    let runs = try names.flatMap { name in
      try Self.types.map { (name, $0, try run(name, $0, kernelGradient: [1, -0.5, 0, 3])) }
    }
    let values = try Tensor.evaluate(runs.flatMap(\.2.tensors)).map { try $0.values(as: Double.self) }
    for (index, (name, dtype, _)) in runs.enumerated() {
      let (kernel, bias) = (values[2 * index], values[2 * index + 1])
      #expect(!(kernel + bias).contains { !$0.isFinite }, "\(name) in \(dtype): \(kernel) \(bias)")
      // A gradient of zero at the start leaves zeros as they are. Yogi's first moment isn't 0 there.
      #expect(bias.prefix(2).allSatisfy { $0.magnitude <= (name == "yogi" ? 3e-6 : 0) }, "\(name) in \(dtype): \(bias)")
      #expect(kernel[7] < 0, "\(name) in \(dtype) doesn't step against the gradient: \(kernel)")
      #expect(bias[2] < 0 && bias[3] > 0, "\(name) in \(dtype) leaves a bias at zero: \(bias)")
    }
  }

  /// Their steps depend on numbers of all parameters together.
  private static let global: Set = ["prodigy", "dAdaptAdam", "dAdaptSGD", "lbfgs"]

  @Test func nanStaysNaN() throws {
    let names = Registry<any Optimizer>.all.names
    let trees = try names.map { try run($0, .float32, kernelGradient: [.nan, 1, 1, 1]) }
    let values = try Tensor.evaluate(trees.flatMap(\.tensors)).map { try $0.values(as: Double.self) }
    for (index, name) in names.enumerated() {
      let (kernel, bias) = (values[2 * index], values[2 * index + 1])
      #expect(kernel[0].isFinite && kernel[4].isNaN, "\(name): \(kernel)")
      if Self.global.contains(name) {
        #expect(bias.suffix(2).allSatisfy { $0.isNaN }, "\(name) hides NaN: \(bias)")
      } else {
        #expect(!bias.contains { !$0.isFinite }, "\(name): NaN spreads to another parameter: \(bias)")
      }
    }
  }
}
