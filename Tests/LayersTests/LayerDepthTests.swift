import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

/// How deep parameters are, for learning rates that decay layer by layer: as timm groups them, see
/// `generate_layer_decay.py`.
@Suite(.tags(.unit)) struct LayerDepthTests {
  struct Row: Decodable {
    let name: String
    let model: String
    let input: [Int]
    let depths: [String: Int]
  }

  static let rows = Result { try Bundle.module.rows("layer_decay", of: Row.self) }
  static let names = ((try? rows.get()) ?? []).map(\.name)

  private func depths(_ model: any Layer, _ shape: [Int]) throws -> [String: Int] {
    model.depths(of: try model.trace(TensorType(.float32, Shape(shape))).variables.parameters)
  }

  @Test func networksAreThere() { #expect(Self.names.count == 5) }

  @Test(arguments: names) func groupsAreTimms(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let found = try depths(ArchitectureTests.model(row.model), row.input)
    let named = found.map { (ArchitectureTests.foreign($0.key), $0.value) }
    #expect(Dictionary(uniqueKeysWithValues: named) == row.depths)
  }

  /// Other networks: the head has depth 0, the stem is deepest, and each group has something in it.
  @Test(arguments: [
    ("mobileNetV3", [1, 32, 32, 3], 13, "features/0/0/kernel", "classifier/3/bias"),
    ("mobileNetV3(large)", [1, 32, 32, 3], 17, "features/0/1/scale", "classifier/0/kernel"),
    ("kerasResNet(width: 8)", [1, 32, 32, 3], 17, "conv1_bn/offset", "predictions/kernel"),
    ("kerasResNet(101, width: 8, version: v2)", [1, 32, 32, 3], 34, "conv1_conv/bias", "predictions/bias"),
    ("wideResNet(depth: 10, width: 1)", [1, 32, 32, 3], 4, "conv/kernel", "dense/bias"),
    ("transformer(depth: 3)", [1, 5, 2], 4, "input/bias", "head/bias"),
    ("mlp(hidden: [4, 3])", [1, 2], 2, "dense1/bias", "dense3/kernel"),
    ("gru([4, 3])", [1, 5, 2], 2, "gru1/bias", "dense1/kernel"),
    (
      "[conv2D(4), batchNorm, relu, residual([conv2D(4, padding: same), layerNorm]), flatten, dense]", [1, 8, 8, 1], 2,
      "batchNorm1/scale", "dense1/bias"
    ),
  ]) func everyNetworkHasDepths(_ text: String, _ shape: [Int], _ deepest: Int, _ first: String, _ last: String) throws
  {
    let model =
      text.hasPrefix("[")
      ? try SequentialArchitecture(parsing: text).model(outputs: 3) : try ArchitectureTests.model(text, outputs: 3)
    let found = try depths(model, shape)
    #expect(Set(found.values) == Set(0...deepest))
    #expect(found[first] == deepest && found[last] == 0, "\(found)")
  }
}
