import Layers
import PJRT
import TestSupport
import Testing

@Suite("Models for tables", .tags(.engine)) struct TabularTests {
  /// A row's numbers come first, then a vector for each category.
  @Test func categoriesBecomeVectors() throws {
    let layer = TabularMLP([1], categories: [3, 4], embedding: 2, kernel: .ones)
    let input = TensorType(.float32, [2, 4])
    var variables = try layer.variables(for: input, key: Key(seed: 0))
    #expect(
      Array(variables.parameters.paths) == ["embedding1/table", "embedding2/table", "dense1/kernel", "dense1/bias"])
    variables.parameters["embedding1/table"] = Tensor([0, 0, 1, 2, 3, 4] as [Float], shape: [3, 2])
    variables.parameters["embedding2/table"] = Tensor([10, 0, 20, 0, 30, 0, 40, 0] as [Float], shape: [4, 2])
    let rows = Tensor([100, 200, 2, 3, 1000, 2000, 0, 1] as [Float], shape: [2, 4])
    let (output, _) = layer.apply(variables, to: rows)
    let sums: [Float] = [100 + 200 + 3 + 4 + 40, 1000 + 2000 + 20]
    #expect(try output.values(as: Float.self) == sums)
  }

  @Test func mistakesAreDiagnostics() throws {
    let layer = TabularMLP([1], categories: [3, 400], embedding: 2)
    #expect(throws: Diagnostic.self) { try layer.variables(for: TensorType(.float32, [2, 1]), key: Key(seed: 0)) }
    #expect(throws: Diagnostic.self) { try layer.variables(for: TensorType(.bfloat16, [2, 4]), key: Key(seed: 0)) }
    let plain = TabularMLPArchitecture(hidden: [3]).model(outputs: 2)
    #expect(try plain.variables(for: TensorType(.float32, [1, 5]), key: Key(seed: 0)).parameters.count == 4)
  }
}
