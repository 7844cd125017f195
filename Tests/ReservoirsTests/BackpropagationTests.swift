import Datasets
import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing
import Training

/// The same network trained by gradients.
@Suite(.tags(.engine)) struct BackpropagationTests {
  /// NARMA-10 in sequences of 50 steps, of which each begins anew.
  private func narma(_ sequences: Int, from first: Int) throws -> (inputs: Tensor, targets: Tensor) {
    let inputs = try NARMA().inputs(4000, seed: 3)
    let targets = NARMA().outputs(of: inputs)
    let range = first * 50..<(first + sequences) * 50
    return (
      Tensor(Array(inputs[range]), shape: [sequences, 50, 1]), Tensor(Array(targets[range]), shape: [sequences, 50, 1])
    )
  }

  private func reservoir(_ units: Int, storage: Reservoir.Storage = .automatic) -> Reservoir {
    var reservoir = Reservoir(units: units, inputs: 1)
    (reservoir.connectivity, reservoir.scaling, reservoir.storage) = (0.2, .gain(0.9), storage)
    (reservoir.inputScale, reservoir.biasScale) = (0.3, 0.1)
    return reservoir
  }

  /// The loop's gradient by every parameter against central differences, with feedback and without.
  @Test(arguments: [Reservoir.Storage.sparse, .dense], [false, true])
  func gradientsAreDifferenceQuotients(storage: Reservoir.Storage, feedback: Bool) throws {
    var own = reservoir(8, storage: storage)
    own.feedback = feedback
    let model = try ReservoirLayer(EchoStateNetwork(own, draws: .keyed(seed: 2)))
    let x = try Key(seed: 5).uniform([2, 6, feedback ? 2 : 1], in: -1..<1, dtype: .float64).evaluate()
    let variables = try model.variables(for: x.type, key: Key(seed: 0), precision: .float64)
    #expect(variables.parameters.paths.count == (feedback ? 5 : 4))
    func loss(_ parameters: TensorTree) -> Tensor {
      model.apply(ModelVariables(parameters: parameters), to: x, precision: .float64).output.squared().sum()
    }
    let point = variables.parameters.tensors
    let gradients = try Tensor.evaluate(valueAndGradient(at: point) { loss(variables.parameters.with($0)) }.1)
    for (place, gradient) in gradients.enumerated() {
      let values: [Double] = try gradient.values()
      var differs = false
      for index in [0, values.count / 2, values.count - 1] {
        func shifted(_ step: Double) throws -> Double {
          var all: [Double] = try point[place].values()
          all[index] += step
          var tensors = point
          tensors[place] = Tensor(all, shape: point[place].shape)
          return try loss(variables.parameters.with(tensors)).scalar()
        }
        let quotient = (try shifted(1e-5) - shifted(-1e-5)) / 2e-5
        #expect(
          abs(quotient - values[index]) < 1e-7 * max(1, abs(quotient)), "\(variables.parameters.paths[place])[\(index)]"
        )
        differs = differs || quotient != 0
      }
      #expect(differs || variables.parameters.paths[place] == "recurrent")
    }
  }

  /// From the readout that the regression gives, training everything does better on other data, and the untrained
  /// layer is the network.
  @Test func trainingBeatsTheRegressionAlone() throws {
    let (train, test) = (try narma(40, from: 0), try narma(20, from: 40))
    var network = try EchoStateNetwork(reservoir(20), draws: .keyed(seed: 1))
    try network.fit(inputs: train.inputs, teacher: train.targets, washout: 0, readout: CholeskyReadout(lambda: 1e-6))
    try network.reset(sequences: 20)
    let predicted = try network.predict(inputs: test.inputs)
    let before = try (predicted - test.targets).squared().mean().scalar()
    let data = (
      try LabeledArrays(inputs: train.inputs.hostArray(), targets: train.targets.hostArray()),
      try LabeledArrays(inputs: test.inputs.hostArray(), targets: test.targets.hostArray())
    )
    var method = Method(loss: MeanSquaredError(), optimizer: Adam(learningRate: 3e-3))
    method.metrics = []
    let trainer = try Trainer(
      model: try ReservoirLayer(network), method: method, inputs: data.0.inputs, precision: .float64, seed: 0)
    let untrained = try #require(trainer.evaluate(data.1)["loss"])
    #expect(abs(untrained - before) < 1e-12)
    let history = try trainer.fit(data.0, epochs: 60, batchSize: 10, validation: data.1)
    let after = try #require(history.values("val_loss").last?.value)
    #expect(after < 0.95 * before, "\(after) after, \(before) before")
  }

  @Test func wrongChannelsAreADiagnostic() throws {
    let model = try ReservoirLayer(EchoStateNetwork(reservoir(8)))
    let error = #expect(throws: Diagnostic.self) {
      try model.variables(for: TensorType(.float64, [2, 6, 3]), key: Key(seed: 0), precision: .float64)
    }
    #expect("\(try #require(error))".contains("[batch, time, 1]"))
  }
}
