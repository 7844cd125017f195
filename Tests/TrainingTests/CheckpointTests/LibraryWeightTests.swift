import ArrayFixtures
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Training

/// Weights of timm and Keras Applications under the names that they have there: see `generate_library_weights.py`.
@Suite(.tags(.engine, .slow)) struct LibraryWeightTests {
  struct Row: Decodable {
    let name: String
    let model: String
    let isNumPy: Bool
    let arrays: [String: [Int]]
    let input: [Int]
    let output: FixtureArray?

    /// An array's values, which the fixture doesn't store.
    func array(_ name: String, number: Int) throws -> HostArray {
      let shape = arrays[name] ?? []
      // Where there is no output, names and shapes are all that counts.
      guard output != nil else {
        return try HostArray(dtype: .float32, shape: shape, bytes: [UInt8](repeating: 0, count: 4 * shape.reduce(1, *)))
      }
      let (count, isKernel) = (shape.reduce(1, *), shape.count > 1)
      let outputs = (name.hasSuffix("weight") ? shape.first : shape.last) ?? 1
      let isScale = name.hasSuffix("weight") || name.hasSuffix("gamma")
      let (scale, offset): (Double, Double) =
        isKernel
        ? ((2 / Double(count / outputs)).squareRoot(), 0) : name.contains("var") ? (0.4, 1) : (0.1, isScale ? 1 : 0)
      return try HostArray(
        (0..<count).map { offset + scale * sin(0.7 * Double($0) + Double(number)) }, shape: shape)
    }
  }

  static let rows = Result { try Bundle.module.rows("library_weights", of: Row.self) }
  static let names = ((try? rows.get()) ?? []).map(\.name)

  @Test func librariesAreThere() { #expect(Self.names.count == 4) }

  @Test(arguments: names) func namesAndOutputsAreTheLibrarys(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let folder = try TemporaryFolder()
    var file = Safetensors()
    for (number, name) in row.arrays.keys.sorted().enumerated() {
      file.tensors[name] = try row.array(name, number: number)
    }
    if !row.isNumPy { file.tensors["bn1.num_batches_tracked"] = try HostArray([3 as Int64], shape: []) }
    let path = folder(row.isNumPy ? "weights.npz" : "weights.safetensors")
    if row.isNumPy {
      try NPZ.write(Dictionary(uniqueKeysWithValues: file.tensors.map { ($0, $1) }), to: path)
    } else {
      try file.write(to: path)
    }
    let model = try Registry<any Architecture>.all.build(MethodSpec(parsing: row.model)).model(outputs: 10)
    let trainer = try Trainer(
      model: model, method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)),
      inputs: TensorType(.float64, Shape(row.input)), precision: .float64)
    let match = try trainer.loadWeights(from: path)
    #expect(match.isComplete && match.loaded.count == row.arrays.count && match.renamed.isEmpty, "\(match.notes)")
    guard let expected = row.output else { return }
    let images = try HostArray((0..<row.input.reduce(1, *)).map { sin(0.37 * Double($0)) }, shape: row.input)
    let outputs = try trainer.predict(images).values(as: Double.self)
    // Keras rounds some numbers to float32.
    #expect(worstError(outputs, expected.numbers) < (row.isNumPy ? 1e-6 : 1e-9))
    // Another number of classes needs a new head, and nothing else.
    let other = try Trainer(
      model: Registry<any Architecture>.all.build(MethodSpec(parsing: row.model)).model(outputs: 3),
      method: trainer.method, inputs: TensorType(.float64, Shape(row.input)), precision: .float64)
    let replaced = try other.loadWeights(from: path, WeightPolicy(replacesHead: true))
    #expect(replaced.head.count == 2 && replaced.loaded.count == row.arrays.count - 2)
  }
}
