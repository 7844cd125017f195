import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct PredictionTests {
  @Test func predictionsAgreeWithEvaluation() throws {
    let data = try Problems.classes(50)
    let trainer = try Problems.trainer(data)
    _ = try trainer.fit(data, epochs: 5, batchSize: 10)
    let classes = try trainer.predictClasses(data.inputs, batchSize: 7)
    let right = zip(classes, try data.labels()).count { $0 == Int($1) }
    #expect(try trainer.evaluate(data)["accuracy"] == Double(right) / 50)
    let outputs = try trainer.predict(data.inputs).values(as: Double.self)
    #expect(
      classes
        == (0..<50).map { row in
          let values = outputs[3 * row..<3 * row + 3]
          return (values.firstIndex(of: values.max() ?? .nan) ?? 0) - 3 * row
        })
  }

  @Test(arguments: [3, 10, 11])
  func anyBatchGivesTheSameRows(_ batch: Int) throws {
    let data = try Problems.classes(10)
    let trainer = try Problems.trainer(data)
    let outputs = try trainer.predict(data.inputs, batchSize: batch)
    #expect(outputs.shape == [10, 3])
    let expected = try (0..<10).flatMap { row in
      try trainer.predict(data.part(row..<row + 1).inputs).values(as: Double.self)
    }
    #expect(distance(try outputs.values(), expected) < 1e-14)
  }

  /// The model is traced once, whatever the number of batches, and the rows keep their order.
  @Test func manyInputsTakeOneProgram() throws {
    let count = 60_001
    let inputs = try HostArray((0..<count).map { Float($0) }, shape: [count, 1])
    let counter = TraceCounter()
    let trainer = try Trainer(
      model: Sequential { counter }, method: Method(loss: MeanSquaredError(), optimizer: SGD()), inputs: inputs)
    let before = counter.count
    let outputs = try trainer.predict(inputs, batchSize: 1000)
    #expect(counter.count - before == 1)
    #expect(outputs == inputs)
  }

  @Test func preprocessingIsPartOfThePrediction() throws {
    let data = try Problems.digits.get()
    let trainer = try Trainer(
      model: MLP([10]),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      },
      inputs: data.test.inputs)
    let outputs = try trainer.predict(data.test.inputs, batchSize: 33)
    #expect(outputs.shape == [100, 10])
    let kernel = try trainer.state.parameters["dense1/kernel"]?.values(as: Float.self) ?? []
    let pixels = data.test.inputs.bytes.suffix(784).map { Float($0) / 255 }
    let expected = (0..<10).map { unit in
      Double(pixels.enumerated().reduce(0) { $0 + $1.element * kernel[10 * $1.offset + unit] })
    }
    #expect(distance(try outputs.values(as: Float.self).suffix(10).map { Double($0) }, expected) < 1e-5)
  }

  @Test func outputsWithoutClassesHaveNone() throws {
    let data = try Problems.classes(6)
    let trainer = try Problems.trainer(
      data,
      model: Sequential {
        Dense(4); Reshape([2, 2])
      })
    #expect(throws: Diagnostic.self) { try trainer.predictClasses(data.inputs) }
    struct Summing: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor { x.sum() }
    }
    #expect(throws: Diagnostic.self) { try Problems.trainer(data, model: Summing()).predict(data.inputs) }
  }
}
