import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct HostileSettingsTests {
  private func fit(
    _ data: LabeledArrays, epochs: Int = 1, batch: Int = 2, validation: LabeledArrays? = nil,
    _ options: FitOptions = FitOptions(), loss: any Loss = SoftmaxCrossEntropy()
  ) throws {
    _ = try Problems.trainer(Problems.classes(6), loss: loss).fit(
      data, epochs: epochs, batchSize: batch, validation: validation, options: options)
  }

  @Test func sizesThatCantBe() throws {
    let data = try Problems.classes(6)
    #expect(throws: TrainingError.batchLargerThanData(batchSize: 7, count: 6)) { try fit(data, batch: 7) }
    for batch in [0, -1, Int.min] {
      #expect(throws: TrainingError.invalidSetting(name: "batch size", value: batch, requirement: "1 or more")) {
        try fit(data, batch: batch)
      }
      #expect(throws: TrainingError.invalidSetting(name: "evaluation batch", value: batch, requirement: "1 or more")) {
        try fit(data, FitOptions(evaluationBatch: batch))
      }
      #expect(throws: TrainingError.invalidSetting(name: "chunks per epoch", value: batch, requirement: "1 or more")) {
        try fit(data, FitOptions(chunksPerEpoch: batch))
      }
      #expect(throws: TrainingError.self) { try Problems.trainer(data).evaluate(data, batchSize: batch) }
      #expect(throws: TrainingError.self) { try Problems.trainer(data).predict(data.inputs, batchSize: batch) }
    }
    let error = #expect(throws: TrainingError.self) { try fit(data, epochs: -1) }
    #expect(error?.description == "epochs is -1, but must be 0 or more")
    #expect(
      TrainingError.batchLargerThanData(batchSize: 7, count: 6).description
        == "the batch size is 7, but the data set has 6 examples: take a smaller batch")
  }

  @Test func dataWithoutExamples() throws {
    let (data, none) = (try Problems.classes(6), try Problems.classes(6).part(0..<0))
    #expect(throws: TrainingError.emptyData) { try fit(none, batch: 1) }
    #expect(throws: TrainingError.emptyData) { try fit(data, validation: none) }
    #expect(throws: TrainingError.emptyData) { try Problems.trainer(data).evaluate(none) }
    #expect(try Problems.trainer(data).predict(none.inputs).shape == [0, 3])
    #expect(try Problems.trainer(data).predictClasses(none.inputs).isEmpty)
  }

  @Test(arguments: [3, 100, -1])
  func labelsTheModelHasNoOutputFor(_ label: Int32) throws {
    let good = try Problems.classes(6)
    let bad = try LabeledArrays(inputs: good.inputs, targets: HostArray([0, 1, 2, label, 1, 2]))
    let expected = TrainingError.labelOutOfRange(label: Int(label), classes: 3)
    #expect(throws: expected) { try fit(bad) }
    #expect(throws: expected) { try fit(good, validation: bad) }
    #expect(throws: expected) { try fit(bad, loss: SoftmaxCrossEntropy().flooded(at: 0.1)) }
    #expect(throws: expected) { try fit(bad, loss: ProbabilityCrossEntropy()) }
    #expect(throws: expected) { try Problems.trainer(good).evaluate(bad) }
    #expect(expected.description == "the data has label \(label), but the model has outputs for 0..<3")
  }

  @Test(arguments: [5, 200, -1])
  func tokensTheModelHasNoVectorFor(_ token: Int32) throws {
    func data(_ last: Int32) throws -> LabeledArrays {
      let tokens: [Int32] = [0, 1, 2, 3, 4, 1, 2, last]
      return try LabeledArrays(
        inputs: HostArray(tokens, shape: [4, 2]), targets: HostArray([0, 1, 2, 1] as [Int32]), classCount: 3)
    }
    func trainer() throws -> Trainer {
      try Trainer(
        model: Sequential {
          Embedding(5, size: 3)
          Flatten()
          Dense(3)
        }, method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()) { $0.preprocessing = UnchangedInputs() },
        inputs: data(4).inputs)
    }
    let expected = TrainingError.tokenOutOfRange(token: Int(token), vocabulary: 5)
    #expect(throws: expected) { try trainer().fit(data(token), epochs: 1, batchSize: 2) }
    #expect(throws: expected) { try trainer().fit(data(4), epochs: 1, batchSize: 2, validation: data(token)) }
    #expect(throws: expected) { try trainer().evaluate(data(token)) }
    #expect(expected.description.hasPrefix("the inputs have token \(token), but the model has vectors for 0..<5"))
    // Predictions are made of whatever comes, and show it.
    let predicted = try trainer().predict(data(token).inputs).values(as: Float.self)
    #expect(predicted.dropLast(3).allSatisfy { $0.isFinite } && predicted.suffix(3).allSatisfy { $0.isNaN })
    _ = try trainer().fit(data(4), epochs: 1, batchSize: 2)
  }

  @Test(arguments: [DType.uint8, .int8, .int16, .uint16, .uint32, .int64, .uint64])
  func labelsOfEveryIntegerTypeAreChecked(_ dtype: DType) throws {
    let inputs = try Problems.classes(2).inputs
    func data(_ label: UInt8) throws -> LabeledArrays {
      let bytes = [UInt8(1), label].flatMap { [$0] + [UInt8](repeating: 0, count: dtype.byteCount - 1) }
      return try LabeledArrays(inputs: inputs, targets: HostArray(dtype: dtype, shape: [2], bytes: bytes))
    }
    #expect(throws: TrainingError.labelOutOfRange(label: 3, classes: 3)) { try fit(data(3)) }
    try Problems.trainer(Problems.classes(6)).checkLabels(of: ResidentData(data(2)))
  }

  /// A loss that knows what to do with such labels may have them.
  @Test func lossesMayKnowOtherLabels() throws {
    let data = try LabeledArrays(
      inputs: Problems.classes(6).inputs, targets: HostArray([0, 1, 2, -1, 1, 2] as [Int32]))
    try fit(data, loss: IgnoringCrossEntropy())
    // Integers aren't classes to a loss of differences.
    let numbers = try LabeledArrays(
      inputs: HostArray([1.0, 2], shape: [2, 1]), targets: HostArray([7, -8] as [Int32]))
    let trainer = try Problems.trainer(numbers, model: Dense(1), loss: MeanSquaredError(), metrics: [])
    #expect(try trainer.fit(numbers, epochs: 1, batchSize: 2).epochs[0]["loss"]?.isFinite == true)
  }

  @Test func parametersOfAnotherModel() throws {
    let data = try Problems.classes(6)
    let own = try Problems.trainer(data).state.parameters
    var other = own
    other["dense3/kernel"] = Tensor([1.0])
    let fewer = other.filter { $0 != "dense1/bias" }
    let error = #expect(throws: TrainingError.self) { try Problems.trainer(data, parameters: fewer) }
    #expect(error == .differentModel(missing: ["dense1/bias"], unexpected: ["dense3/kernel"]))
    #expect(
      error?.description == "the parameters are another model's; missing: dense1/bias; unexpected: dense3/kernel")

    var wrong = own
    wrong["dense2/kernel"] = Tensor.zeros([6, 4], dtype: .float64)
    let mismatch = #expect(throws: TrainingError.self) { try Problems.trainer(data, parameters: wrong) }
    #expect(mismatch?.description == "'dense2/kernel' is float64[6, 4], but the model has float64[6, 3]")
    wrong["dense2/kernel"] = Tensor.zeros([6, 3], dtype: .float32)
    #expect(throws: TrainingError.self) { try Problems.trainer(data, parameters: wrong) }
    wrong["dense2/kernel"] = Tensor.zeros([6, 3], dtype: .float64).matmul(Tensor.zeros([4, 3], dtype: .float64))
    #expect(throws: Diagnostic.self) { try Problems.trainer(data, parameters: wrong) }
  }

  @Test func shapesThatDontFitNameTheLayer() throws {
    let data = try Problems.classes(6)
    let bad = Sequential {
      Dense(4); Reshape([3, 3]).named("square")
    }
    let diagnostic = #expect(throws: Diagnostic.self) { try Problems.trainer(data, model: bad) }
    #expect(diagnostic?.path == "square")
    // Data of another width than the model was made for.
    let wide = try LabeledArrays(
      inputs: HostArray([Double](repeating: 0, count: 18), shape: [6, 3]), targets: data.targets, classCount: 3)
    for attempt in [{ try fit(wide) }, { try fit(data, validation: wide) }] as [() throws -> Void] {
      let mismatch = #expect(throws: Diagnostic.self) { try attempt() }
      #expect(mismatch?.path == "dense1" || mismatch?.operation.contains("dense1/kernel") == true)
    }
    let prediction = #expect(throws: Diagnostic.self) { try Problems.trainer(data).predict(wide.inputs) }
    #expect(prediction?.description.contains("dense1") == true)
    #expect(throws: Diagnostic.self) { try Problems.trainer(data).predict(HostArray([1.0], shape: [])) }
    // Targets that the loss can't take.
    let values = try Problems.regression(6)
    #expect(throws: TrainingError.self) {
      try Problems.trainer(values, model: Dense(3)).fit(values, epochs: 1, batchSize: 2)
    }
  }

  @Test func ordersThatCantBe() throws {
    struct Short: BatchOrder {
      func indices(count: Int, epoch: Int, key: Key) throws -> Tensor { Tensor.iota([count - 1]) }
    }
    struct Wide: BatchOrder {
      func indices(count: Int, epoch: Int, key: Key) throws -> Tensor { Tensor.iota([count], dtype: .int64) }
    }
    let data = try Problems.classes(6)
    let error = #expect(throws: TrainingError.self) { try fit(data, FitOptions(order: Short())) }
    #expect(error == .wrongOrder(expected: "int32[6]", actual: "int32[5]"))
    #expect(throws: TrainingError.wrongOrder(expected: "int32[6]", actual: "int64[6]")) {
      try fit(data, FitOptions(order: Wide()))
    }
  }

  @Test func statesThatGetLost() throws {
    let data = try Problems.classes(6)
    let trainer = try Problems.trainer(data, optimizer: ForgetfulSteps())
    let diagnostic = #expect(throws: Diagnostic.self) { try trainer.fit(data, epochs: 1, batchSize: 2) }
    #expect(diagnostic?.description.contains("optimizer/count") == true)
    let plain = try Problems.trainer(data)
    #expect(throws: TrainingError.self) { try plain.restore(trainer.state) }
  }
}
