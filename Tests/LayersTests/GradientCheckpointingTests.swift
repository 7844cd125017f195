import ArrayFixtures
import Layers
import TestSupport
import Testing

/// Layers that the backward pass computes again.
@Suite(.tags(.engine)) struct GradientCheckpointingTests {
  /// A layer with a state that has no derivative at 0.
  private struct Counting: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor {
      scope.update("root", scope.state("root", [], .zeros) + (x * 0).sum().sqrt())
      return x * scope.parameter("gain", [], .ones)
    }
  }

  private static let layers = Sequential {
    Dense(8); BatchNorm(activation: ReLU()); Dropout(0.4); Counting(); Dense(8)
  }

  /// Output, gradients and state of a training step.
  private static func step(
    _ model: any Layer, checkpointing: GradientCheckpointing = .none
  ) throws -> (numbers: [[Double]], text: String) {
    let variables = try model.variables(for: TensorType(.float32, [5, 4]), key: Key(seed: 1))
    let x = Key(seed: 2).normal([5, 4])
    let types = (variables.parameters.tensors + variables.state.tensors).map(\.type)
    let count = variables.parameters.count
    let program = try Program(types) { arguments in
      var state = TensorTree()
      let (loss, gradients) = valueAndGradient(at: Array(arguments.prefix(count))) { point in
        let given = ModelVariables(
          parameters: variables.parameters.with(point), state: variables.state.with(Array(arguments.dropFirst(count))))
        let result = model.apply(given, to: x, isTraining: true, key: Key(seed: 3), checkpointing: checkpointing)
        state = result.state
        return result.output.sin().sum()
      }
      return [loss] + gradients + state.tensors
    }
    let results = try program(variables.parameters.tensors + variables.state.tensors)
    return (try results.map { try $0.doubles() }, program.text)
  }

  @Test func aCheckpointedLayerIsTheLayer() throws {
    let plain = Sequential {
      Self.layers; Residual([Dense(8), Tanh()]); Dense(3).named("head")
    }
    let marked = Sequential {
      Self.layers.checkpointed(); Residual([Dense(8), Tanh()]).checkpointed(); Dense(3).named("head").checkpointed()
    }
    let input = TensorType(.float32, [5, 4])
    #expect(try marked.trace(input).variables.parameters.paths == plain.trace(input).variables.parameters.paths)
    #expect(try marked.layerSummary(for: input).rows == plain.layerSummary(for: input).rows)
    let (one, other) = (try Self.step(plain), try Self.step(marked))
    for (first, second) in zip(one.numbers, other.numbers) { #expect(agree(first, second, within: 1e-6)) }
    #expect(one.numbers.joined().allSatisfy { $0.isFinite })
    // Of the products the gradient needs the first of each part once more, but not the last.
    #expect(Self.count("barrier", one.text) == 0 && Self.count("barrier", other.text) == 3)
    #expect(Self.count("dot_general", other.text) == Self.count("dot_general", one.text) + 2)
  }

  /// Blocks within a block are computed again with it, not once more.
  @Test func blocksAreCheckpointed() throws {
    let model = Sequential {
      Dense(8); Residual([Residual([Dense(8), Tanh()]), BatchNorm()]); Dense(3)
    }
    let (one, other) = (try Self.step(model), try Self.step(model, checkpointing: .blocks))
    for (first, second) in zip(one.numbers, other.numbers) { #expect(agree(first, second, within: 1e-6)) }
    #expect(Self.count("barrier", one.text) == 0 && Self.count("barrier", other.text) == 1)
    #expect(Self.count("dot_general", other.text) == Self.count("dot_general", one.text) + 1)
  }

  private static func count(_ part: String, _ text: String) -> Int { text.ranges(of: part).count }
}
