import ArrayFixtures
import Foundation
import Layers
import TestSupport
import Testing

struct LayerRow: Decodable, CustomTestStringConvertible {
  let name: String
  let source: String
  let isTraining: Bool
  let input: FixtureArray
  let parameters: [String: FixtureArray]
  let state: [String: FixtureArray]
  let output: FixtureArray
  let stateAfter: [String: FixtureArray]
  let cotangent: FixtureArray
  let gradients: [String: FixtureArray]

  var testDescription: String { "\(source): \(name)" }
}

/// Layers against Keras and PyTorch: outputs, gradients, state; alone, and as a member of a batch of layers.
@Suite(.tags(.engine)) struct LayerFixtureTests {
  static let rows = Result {
    try ["layers", "torch_layers", "reparametrizations"].flatMap { try Bundle.module.rows($0, of: LayerRow.self) }
  }
  static let names = ((try? rows.get()) ?? []).map(\.name)

  static let layers: [String: any Layer] = [
    "conv valid": Conv2D(3, size: 3),
    "conv same, stride 2, even extents": Conv2D(2, size: 3, strides: 2, padding: .same),
    "conv same, size 2x4": Conv2D(2, size: Extent2D(2, 4), padding: .same),
    "conv dilated, no bias": Conv2D(2, size: 3, padding: .same, dilation: 2, hasBias: false),
    "conv relu": Conv2D(3, size: 3, activation: ReLU()),
    "conv padding 1, stride 2": Conv2D(4, size: 3, strides: 2, padding: .symmetric(1)),
    "conv groups": Conv2D(6, size: 3, groups: 2),
    "conv depthwise, all settings": Conv2D(
      6, size: Extent2D(3, 2), strides: Extent2D(2, 1), padding: .symmetric(2, 1), dilation: Extent2D(2, 3), groups: 3,
      hasBias: false),
    "max pool": MaxPool2D(),
    "max pool same, window 3": MaxPool2D(3, strides: 2, padding: .same),
    "max pool, padding 1": MaxPool2D(3, strides: 2, padding: .symmetric(1)),
    "average pool": AveragePool2D(),
    "average pool same, window 3": AveragePool2D(3, strides: 2, padding: .same),
    "average pool, padding 1": AveragePool2D(3, strides: 2, padding: .symmetric(1), countsPadding: true),
    "global average pool": GlobalAveragePool2D(),
    "batch norm keras, training": BatchNorm(),
    "batch norm keras, inference": BatchNorm(),
    "batch norm pytorch, training": BatchNorm(.pyTorch),
    "batch norm pytorch, inference": BatchNorm(.pyTorch),
    "batch norm of rows, relu": BatchNorm(.pyTorch, activation: ReLU()),
    "layer norm keras": LayerNorm.keras,
    "layer norm pytorch, two axes": LayerNorm(axes: 2, epsilon: 1e-5),
    "embedding": Embedding(4, size: 3),
    "keras simple": Recurrent(SimpleRNNCell(3)),
    "keras simple, sequence, relu": Recurrent(SimpleRNNCell(3, activation: ReLU()), result: .sequence),
    "keras lstm, sequence": Recurrent(LSTMCell(3), result: .sequence),
    "keras gru, reset after": Recurrent(GRUCell(3)),
    "keras gru, reset before, sequence": Recurrent(GRUCell(3, reset: .before), result: .sequence),
    "pytorch simple": Recurrent(SimpleRNNCell(3, convention: .pyTorch), result: .sequence),
    "pytorch lstm": Recurrent(LSTMCell(3, convention: .pyTorch), result: .sequence),
    "pytorch gru": Recurrent(GRUCell(3, convention: .pyTorch), result: .sequence),
    "conv1D": Conv1D(4, size: 3),
    "conv1D, all settings": Conv1D(
      6, size: 3, strides: 2, padding: .symmetric(2), dilation: 2, groups: 2, hasBias: false, activation: ReLU()),
    "conv1D causal": Conv1D(3, size: 3, padding: .causal, dilation: 2),
    "depthwise conv": DepthwiseConv2D(size: 3, multiplier: 2, strides: 2, padding: .symmetric(1)),
    "transposed conv": ConvTranspose2D(3, size: 2, strides: 2),
    "transposed conv, padding 1": ConvTranspose2D(
      3, size: Extent2D(4, 3), strides: Extent2D(2, 1), padding: .symmetric(1), hasBias: false),
    "transposed conv, same": ConvTranspose2D(2, size: 3, strides: 2, padding: .same),
    "transposed conv, groups": ConvTranspose2D(6, size: Extent2D(3, 2), strides: Extent2D(2, 1), groups: 2),
    "attention": MultiHeadAttention(heads: 2),
    "attention causal": MultiHeadAttention(heads: 3, isCausal: true),
    "attention, no bias": MultiHeadAttention(heads: 2, hasBias: false),
    "transformer block": TransformerBlock(heads: 2),
    "transformer block as in the paper": TransformerBlock(heads: 2, hidden: 5, activation: ReLU(), norm: .after),
    "rms norm": RMSNorm(),
    "group norm": GroupNorm(3),
    "positional embedding": PositionalEmbedding(length: 5),
    "sinusoidal encoding": SinusoidalEncoding(),
    "prelu": PReLU(),
    "prelu, shared": PReLU(isShared: true),
    "squeeze and excitation": SqueezeExcitation(reduction: 4, gate: HardSigmoid()),
    "global max pool": GlobalMaxPool2D(),
    "global average pool of sequences": GlobalAveragePool2D(),
    "max pool of sequences": MaxPool1D(3, strides: 2),
    "weight standardized conv": Conv2D(4, size: Extent2D(3, 2)).weightStandardized(),
    "weight standardized dense": Dense(5).weightStandardized(),
    "spectrally normalized dense, training": Dense(5).spectrallyNormalized(),
    "spectrally normalized dense, inference": Dense(5).spectrallyNormalized(),
    "spectrally normalized conv, training": Conv2D(4, size: Extent2D(2, 3)).spectrallyNormalized(),
    "bidirectional gru": Bidirectional(GRU(2, result: .sequence, convention: .pyTorch)),
  ]

  @Test func everyRowHasALayer() throws {
    #expect(Set(try Self.rows.get().map(\.name)) == Set(Self.layers.keys))
  }

  @Test(arguments: names) func agreesWithItsSource(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let layer = try #require(Self.layers[name])
    let isIndexed = layer is Embedding
    let x = isIndexed ? try row.input.tensor().cast(to: .int32) : try row.input.tensor()
    // The layer asks for just these parameters and this state, by these names.
    let own = try layer.trace(x.type, precision: .float64).variables
    #expect(Set(own.parameters.paths) == Set(row.parameters.keys))
    #expect(Set(own.state.paths) == Set(row.state.keys))
    let parameters = try own.parameters.map { path, _ in try #require(row.parameters[path]).tensor() }
    let state = try own.state.map { path, _ in try #require(row.state[path]).tensor() }
    for (path, tensor) in own.parameters.pairs { #expect(tensor.shape == parameters[path]?.shape, "\(path)") }

    let cotangent = try row.cotangent.tensor()
    /// Output, gradients and state after, for inputs, parameters and state.
    func results(_ arguments: [Tensor]) -> [Tensor] {
      let (point, old) = (Array(arguments.prefix(parameters.count + 1)), arguments.dropFirst(parameters.count + 1))
      func apply(_ point: [Tensor]) -> (output: Tensor, state: TensorTree) {
        layer.apply(
          ModelVariables(parameters: parameters.with(Array(point.dropFirst())), state: state.with(Array(old))),
          to: isIndexed ? x : point[0], isTraining: row.isTraining, precision: .float64)
      }
      let result = apply(point)
      let gradients = valueAndGradient(at: point) { (apply($0).output * cotangent).sum() }.gradients
      return [result.output] + gradients + result.state.tensors
    }
    let values = [isIndexed ? Tensor.zeros(x.shape, dtype: .float64) : x] + parameters.tensors + state.tensors
    let others = values.map { $0 * 0.75 }
    let members = vectorized(results)(zip(values, others).map { Tensor.stack([$0, $1]) })
    // All in one program: compiling takes the time.
    let computed = try Tensor.evaluate(results(values) + results(others) + members)
    let count = members.count
    #expect(computed[0].shape == Shape(row.output.shape))
    #expect(worstError(try computed[0].doubles(), row.output.numbers) < 1e-9)
    for (path, found) in zip(["input"] + parameters.paths, computed[1..<count]) {
      #expect(worstError(try found.doubles(), try #require(row.gradients[path]).numbers) < 1e-9, "\(path)")
    }
    for (path, found) in zip(state.paths, computed[..<count].suffix(state.count)) {
      #expect(worstError(try found.doubles(), try #require(row.stateAfter[path]).numbers) < 1e-12, "\(path)")
    }
    for (index, both) in computed[(2 * count)...].enumerated() {
      let alone = try computed[index].doubles() + computed[count + index].doubles()
      #expect(worstError(try both.doubles(), alone) < 1e-11, "result \(index) of two members")
    }
  }
}
