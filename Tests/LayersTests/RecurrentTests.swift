import ArrayFixtures
import Layers
import Testing

/// Two inputs, two states, two outputs, as a reservoir with feedback has: `x' = tanh(W x + u + z)`, where
/// `z` is what the step is given back, and the output is `(x', 2x')`.
private struct FedBackCell: RecurrentCell {
  var units = 3

  func stateShapes(for inputs: [Shape]) -> [Shape] { [[units], [units]] }

  func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor]) {
    let kernel = scope.parameter("kernel", [units, units], .orthogonal())
    let x = (states[0].matmul(kernel) + inputs[0] + inputs[1]).tanh()
    return ([x, x * 2], [x, states[1] + x])
  }
}

/// A cell whose step is a function of the test's.
private struct MadeUpCell: RecurrentCell {
  var shapes: [Shape] = [[2]]
  var body: @Sendable ([Tensor], [Tensor], Scope) -> (outputs: [Tensor], states: [Tensor])

  func stateShapes(for inputs: [Shape]) -> [Shape] { shapes }
  func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor]) {
    body(inputs, states, scope)
  }
}

@Suite struct RecurrentTests {
  private struct Driven: Layer {
    var initial: [Tensor]?
    func forward(_ x: Tensor, in scope: Scope) -> Tensor {
      let run = Recurrent(FedBackCell(), result: .sequence).run([x, x * 0.5], initial: initial, in: scope["cell"])
      return Tensor.concatenate(
        run.outputs.map { $0.reshape(to: [-1]) } + run.states.map { $0.reshape(to: [-1]) })
    }
  }

  @Test func cellsOfYourOwnHaveManyStatesAndOutputs() throws {
    let x = ModelTests.wave([2, 4, 3], step: 0.9)
    let start = [ModelTests.wave([2, 3], step: 0.3), ModelTests.wave([2, 3], step: 0.2)]
    for initial in [nil, start] {
      let model = Driven(initial: initial)
      let variables = try model.variables(for: x.type, key: Key(seed: 1), precision: .float64)
      #expect(variables.parameters.paths == ["cell/kernel"])
      let kernel = try #require(variables.parameters["cell/kernel"])
      var (state, sum) = (
        initial?[0] ?? Tensor.zeros([2, 3], dtype: .float64), initial?[1] ?? Tensor.zeros([2, 3], dtype: .float64)
      )
      var outputs: [Tensor] = []
      for time in 0..<4 {
        let input = x.slice(time..<time + 1, axis: 1).squeeze(1)
        state = (state.matmul(kernel) + input * 1.5).tanh()
        sum += state
        outputs.append(state)
      }
      let all = Tensor.stack(outputs, axis: 1)
      let expected = Tensor.concatenate([all, all * 2, state, sum].map { $0.reshape(to: [-1]) })
      let found = model.apply(variables, to: x, precision: .float64).output
      #expect(agree(try found.doubles(), try expected.doubles(), within: 1e-14))
    }
  }

  @Test func theLastOutputIsTheSequencesLast() throws {
    let x = ModelTests.wave([3, 5, 2], step: 0.4)
    for cell in [SimpleRNNCell(4), LSTMCell(4), GRUCell(4)] as [any RecurrentCell] {
      let variables = try Recurrent(cell).variables(for: x.type, key: Key(seed: 2), precision: .float64)
      let last = Recurrent(cell).apply(variables, to: x, precision: .float64).output
      let all = Recurrent(cell, result: .sequence).apply(variables, to: x, precision: .float64).output
      #expect(all.shape == [3, 5, 4])
      #expect(try last.doubles() == all.slice(4..<5, axis: 1).doubles())
    }
  }

  /// Two halves one after the other are the whole, where states are kept.
  @Test func keptStatesGoOn() throws {
    let x = ModelTests.wave([3, 6, 2], step: 0.4)
    let halves = [x.slice(0..<3, axis: 1), x.slice(3..<6, axis: 1)]
    let model = Sequential { Recurrent(LSTMCell(4), result: .sequence, memory: .kept(batch: 3)) }
    let fresh = Sequential { Recurrent(LSTMCell(4), result: .sequence) }
    // The size of the batch that it is first traced for doesn't matter.
    var variables = try model.variables(for: TensorType(.float64, [1, 3, 2]), key: Key(seed: 2), precision: .float64)
    #expect(variables.state.types == [TensorType(.float64, [3, 4]), TensorType(.float64, [3, 4])])
    #expect(variables.state.paths == ["recurrent1/states/0", "recurrent1/states/1"])
    let plain = ModelVariables(parameters: variables.parameters)
    let whole = fresh.apply(plain, to: x, precision: .float64).output
    for (index, half) in halves.enumerated() {
      let (output, state) = model.apply(variables, to: half, isTraining: true, precision: .float64)
      let expected = whole.slice(index * 3..<(index + 1) * 3, axis: 1)
      #expect(agree(try output.doubles(), try expected.doubles(), within: 1e-14))
      variables.state = state
    }
    // Outside of training nothing is kept, and a batch of another size begins at zero.
    let other = model.apply(variables, to: x.slice(0..<1), precision: .float64)
    #expect(agree(try other.output.doubles(), try whole.slice(0..<1).doubles(), within: 1e-14))
    #expect(try other.state.tensors[0].doubles() == variables.state.tensors[0].doubles())
    let wrong = model.apply(variables, to: x.slice(0..<1), isTraining: true, precision: .float64).output
    let diagnostic = #expect(throws: Diagnostic.self) { try wrong.evaluate() }
    #expect(diagnostic?.path == "recurrent1")
    #expect(diagnostic?.message.contains("batches of 3") == true)
  }

  @Test func dropoutInACellDropsTheSameInEachStep() throws {
    struct Dropping: RecurrentCell {
      func stateShapes(for inputs: [Shape]) -> [Shape] { [] }
      func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor]) {
        ([Dropout(0.5)(inputs[0], in: scope["dropout"])], [])
      }
    }
    let output = Recurrent(Dropping(), result: .sequence)
      .apply(ModelVariables(), to: Tensor.ones([2, 3, 8]), isTraining: true, key: Key(seed: 3)).output
    let first = try output.slice(0..<1, axis: 1).doubles()
    #expect(Set(first) == [0, 2])
    #expect(try output.slice(2..<3, axis: 1).doubles() == first)
  }

  @Test func initialValuesFollowTheConvention() throws {
    let input = TensorType(.float32, [1, 5, 400])
    let keras = try Recurrent(LSTMCell(100)).variables(for: input, key: Key(seed: 1)).parameters
    let bias = try #require(keras["bias"]).doubles()
    #expect(bias == Array(repeating: 0, count: 100) + Array(repeating: 1, count: 100) + Array(repeating: 0, count: 200))
    let recurrent = try #require(keras["recurrent/kernel"])
    #expect(
      agree(try recurrent.matmul(recurrent.transpose()).doubles(), try Tensor.identity(100).doubles(), within: 1e-5))
    let torch = try Recurrent(LSTMCell(100, convention: .pyTorch)).variables(for: input, key: Key(seed: 1)).parameters
    for (path, tensor) in torch.pairs {
      let greatest = try tensor.abs().max().scalar()
      #expect(greatest <= 0.1 && greatest > 0.095, "\(path)")
    }
    #expect(Set(torch.paths) == ["kernel", "bias", "recurrent/kernel", "recurrent/bias"])
  }

  private static let wrong: [(name: String, layer: Recurrent, input: TensorType, says: String)] = [
    ("a matrix", Recurrent(LSTMCell(2)), TensorType(.float32, [2, 3]), "[batch, time, inputs]"),
    ("a vector", Recurrent(LSTMCell(2)), TensorType(.float32, [2]), "[batch, time, …]"),
    ("no units", Recurrent(GRUCell(0)), TensorType(.float32, [2, 3, 4]), "1 unit or more"),
    ("negative units", Recurrent(SimpleRNNCell(-1)), TensorType(.float32, [2, 3, 4]), "1 unit or more"),
    ("huge units", Recurrent(LSTMCell(Int.max)), TensorType(.float32, [2, 3, 4]), "unit"),
    ("no steps", Recurrent(LSTMCell(2)), TensorType(.float32, [2, 0, 4]), "without steps"),
    (
      "too few states", Recurrent(MadeUpCell { inputs, _, _ in (inputs, []) }), TensorType(.float32, [2, 3, 2]),
      "carried"
    ),
    (
      "no outputs", Recurrent(MadeUpCell { _, states, _ in ([], states) }), TensorType(.float32, [2, 3, 2]),
      "no outputs"
    ),
    (
      "states of another shape", Recurrent(MadeUpCell { inputs, states, _ in (inputs, [states[0].sum([0])]) }),
      TensorType(.float32, [2, 3, 2]), "carr"
    ),
    (
      "negative states", Recurrent(MadeUpCell(shapes: [[-2]]) { inputs, states, _ in (inputs, states) }),
      TensorType(.float32, [2, 3, 2]), "-2"
    ),
  ]

  @Test(arguments: wrong.map(\.name)) func isADiagnostic(_ name: String) throws {
    let row = try #require(Self.wrong.first { $0.name == name })
    let diagnostic = #expect(throws: Diagnostic.self) { try Sequential { row.layer.named("here") }.trace(row.input) }
    #expect(diagnostic?.path == "here")
    #expect(diagnostic?.description.contains(row.says) == true, "\(diagnostic?.description ?? "")")
  }

  @Test func statisticsInsideOfACellAreAnError() throws {
    let cell = MadeUpCell(shapes: []) { inputs, _, scope in ([BatchNorm()(inputs[0], in: scope["norm"])], []) }
    let x = Tensor.ones([4, 3, 2])
    let variables = try Recurrent(cell).variables(for: x.type, key: Key(seed: 1))
    #expect(try Recurrent(cell).apply(variables, to: x).output.evaluate().shape == [4, 2])
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Recurrent(cell).apply(variables, to: x, isTraining: true).state.evaluate()
    }
    #expect(diagnostic?.description.contains("norm/mean") == true)
    #expect(diagnostic?.message.contains("recurrent cell") == true)
  }
}
