import ArrayFixtures
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct ScopeTests {
  static let input = TensorType(.float32, [1, 4])

  @Test func namesUsedTwiceAreErrors() {
    struct Twice: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        Dense(4)(Dense(4)(x, in: scope["inner"]), in: scope["inner"])
      }
    }
    let diagnostic = #expect(throws: Diagnostic.self) { try Twice().trace(Self.input) }
    #expect(diagnostic?.description.contains("inner/kernel") == true)
    #expect(diagnostic?.message.contains("twice") == true)
    let sequential = Sequential {
      Dense(4).named("a"); Dense(4).named("a")
    }
    #expect(throws: Diagnostic.self) { try sequential.trace(Self.input) }
  }

  @Test func sharedPlacesGiveTheSameParameters() throws {
    struct Tied: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        let place = scope.shared("inner")
        return Dense(4)(Dense(4)(x, in: place), in: place)
      }
    }
    let variables = try Tied().variables(for: Self.input, key: Key(seed: 1))
    #expect(variables.parameters.paths == ["inner/kernel", "inner/bias"])
    let kernel = try #require(variables.parameters["inner/kernel"])
    let x = Tensor.ones([1, 4])
    let expected = x.matmul(kernel).matmul(kernel)
    #expect(agree(try Tied().apply(variables, to: x).output.doubles(), try expected.doubles(), within: 1e-6))
    #expect(try Tied().summary(for: Self.input).contains("Total params: 20"))
  }

  @Test func wrongSizesNameTheLayer() throws {
    let model = Sequential {
      Dense(4)
      Sequential {
        ReLU(); Dense(0)
      }.named("head")
    }
    let diagnostic = #expect(throws: Diagnostic.self) { try model.trace(Self.input) }
    #expect(diagnostic?.path == "head/dense1")
    #expect(diagnostic?.description.contains("in layer head/dense1") == true)

    // Variables of other sizes than the input asks for.
    let variables = try Dense(3).variables(for: Self.input, key: Key(seed: 1))
    let output = Sequential { Dense(3) }.apply(variables, to: Tensor.zeros([1, 4])).output
    #expect(throws: Diagnostic.self) { try output.evaluate() }
    let other = Dense(3).apply(variables, to: Tensor.zeros([1, 5])).output
    let mismatch = #expect(throws: Diagnostic.self) { try other.evaluate() }
    #expect(mismatch?.description.contains("[4, 3]") == true)
    #expect(mismatch?.description.contains("[5, 3]") == true)
  }

  @Test func operationsInsideOfLayersNameThem() {
    struct Broken: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor { x.matmul(Tensor.zeros([3, 3])) }
    }
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Sequential {
        ReLU(); Broken().named("bad")
      }.trace(Self.input)
    }
    #expect(diagnostic?.operation == "matmul")
    #expect(diagnostic?.path == "bad")
  }

  @Test func stateIsUpdatedByStepsNotByTheFirstTrace() throws {
    struct Counter: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        let count = scope.state("count", [], .zeros)
        scope.update("count", count + 1)
        return x + count
      }
    }
    let model = Sequential { Counter() }
    var variables = try model.variables(for: Self.input, key: Key(seed: 1))
    #expect(try variables.state["counter1/count"]?.scalar() == 0)
    for step in 0..<3 {
      let (output, state) = model.apply(variables, to: Tensor.zeros([1, 1]))
      #expect(try output.scalar() == Double(step))
      variables.state = state
    }
    #expect(try variables.state["counter1/count"]?.scalar() == 3)
    #expect(variables.parameters.isEmpty)
  }

  @Test func anUpdateOfAnotherTypeIsAnError() throws {
    struct Drifting: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        let mean = scope.state("mean", [2], .zeros)
        scope.update("mean", mean.sum())
        return x
      }
    }
    let variables = try Drifting().variables(for: Self.input, key: Key(seed: 1))
    let state = Drifting().apply(variables, to: Tensor.zeros([1, 4])).state
    #expect(throws: Diagnostic.self) { try state.evaluate() }
  }

  @Test func aDropoutLeavesOtherLayersInitialValuesAlone() throws {
    let plain = Sequential {
      Dense(5); ReLU(); Dense(3)
    }
    let dropping = Sequential {
      Dense(5); ReLU(); Dropout(0.5); Dense(3)
    }
    let (a, b) = try (
      plain.variables(for: Self.input, key: Key(seed: 9)), dropping.variables(for: Self.input, key: Key(seed: 9))
    )
    #expect(a.parameters.paths == b.parameters.paths)
    for (path, tensor) in a.parameters.pairs {
      #expect(try tensor.values(as: Float.self) == b.parameters[path]?.values(as: Float.self))
    }
    let other = try plain.variables(for: Self.input, key: Key(seed: 10))
    #expect(
      try other.parameters["dense1/kernel"]?.values(as: Float.self)
        != a.parameters["dense1/kernel"]?.values(as: Float.self))
  }

  @Test func parametersTakeTheAskedType() throws {
    let variables = try MLP([3, 2]).variables(
      for: TensorType(.float64, [1, 4]), key: Key(seed: 1), precision: .float64)
    #expect(variables.parameters.types.allSatisfy { $0.dtype == .float64 })
  }
}
