import Foundation
import Plans
import Reservoirs
import TestSupport
import Testing

/// Reservoirs that experiments have fitted, saved and used again.
@Suite(.tags(.engine)) struct ReservoirModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fitted(_ experiment: String, _ data: String, dtype: String = "float64") throws -> (
    network: EchoStateNetwork, data: DatasetPair, model: ReservoirModel, result: ExperimentResult
  ) {
    let configuration = try Arm("test", ["experiment": experiment, "data": data, "dtype": dtype])
      .configuration(base: [], seed: 2)
    let data = try configuration.source().load(from: DataFolders(), progress: nil)
    let result = try configuration.runExperiment(on: data)
    let network = try #require(result.network)
    try ModelFile(network, of: configuration, data).write(to: folder("model.safetensors"))
    let model = try ReservoirModel(contentsOf: folder("model.safetensors"))
    #expect(model.file.configuration == configuration)
    return (network, data, model, result)
  }

  private static let sine = "sine(period: 60, train: 600, test: 200)"

  @Test(arguments: ["float64", "float32"]) func predictionsBeginAtRestAndGenerationWhereItWasSaved(_ dtype: String)
    throws
  {
    let (saved, data, model, _) = try fitted(
      "reservoirPrediction(units: 120, washout: 50, readout: ridge(lambda: 1e-6))", Self.sine, dtype: dtype)
    var network = saved
    #expect(model.predictsItsInput)
    let generated = try model.generate(steps: 40)
    #expect(generated.names == (1...40).map(String.init) && generated.columns == ["value"])
    var closed = try network.closingLoop()
    let rest = try Tensor.concatenate([network.output, closed.generate(steps: 39)]).hostArray()
    #expect(generated.values == rest)
    // The value after the last input is the last target.
    let last: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let first: [Double] = try Tensor(generated.values).cast(to: .float64).values()
    #expect(abs(first[0] - last[199]) < 1e-2 && first.allSatisfy { abs($0) < 1.2 })

    try network.reset()
    let inputs = data.test.inputs
    let expected = try network.predict(inputs: Tensor(inputs)).hostArray()
    let lines = try inputs.values(as: Double.self).map { "\($0)\n" }.joined()
    try folder.write(lines, to: "plain.csv")
    try folder.write("wave\n" + lines, to: "named.csv")
    try NPY.write(inputs, to: folder("wave.npy"))
    for name in ["plain.csv", "named.csv", "wave.npy"] {
      let (found, notes) = try model.predict(files: [folder(name)])
      #expect(found.values == expected && found.names.count == 200 && notes.isEmpty, "\(name)")
      #expect(found.names[199] == "\(folder(name))[199]")
    }
    let (two, _) = try model.predict(files: [folder("plain.csv"), folder("named.csv")])
    #expect(two.values.bytes == expected.bytes + expected.bytes)
    // After a series, what comes next is the prediction from its last value.
    let after = try model.generate(steps: 5, afterFile: folder("plain.csv"))
    let width = expected.dtype.byteCount
    #expect(after.values.bytes.prefix(width).elementsEqual(expected.bytes.suffix(width)))
    try folder.write("1,2\n3,4\n", to: "wide.csv")
    #expect(throws: ReservoirError.self) { try model.predict(files: [folder("wide.csv")]) }
    #expect(throws: DatasetError.self) { try model.predict(files: [folder("absent.csv")]) }
    #expect(throws: ReservoirError.self) { try model.generate(steps: 0) }
  }

  /// A network with feedback goes on after its teacher's last value, as its experiment did.
  @Test(arguments: ["pinv(lambda: 1e-6)", "recursiveLeastSquares(lambda: 1e-4)", "force(lambda: 1)"])
  func generationRepeatsTheExperiments(_ readout: String) throws {
    let (network, data, model, result) = try fitted(
      "reservoirGeneration(units: 100, gain: 0.8, leak: 0.5, washout: 100, readout: \(readout))", Self.sine)
    var own = network
    #expect(try model.generate(steps: 200).values == own.generate(steps: 200).hostArray())
    let generated: [Double] = try model.generate(steps: 200).values.values()
    let expected: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let squares = zip(generated, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let mean = expected.reduce(0, +) / 200
    let variance = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs((squares / variance).squareRoot() - (result.metrics["nrmse"] ?? .nan)) < 1e-9)
    #expect(try model.predict(data.test.inputs).values.shape == [200, 1])
  }

  @Test func otherSeriesAreNotGenerated() throws {
    let (_, data, model, _) = try fitted("reservoirPrediction(units: 30, washout: 10)", "narma(train: 200, test: 50)")
    #expect(!model.predictsItsInput && data.train.inputs.shape == data.train.targets.shape)
    #expect(throws: ModelFileError.notGenerating) { try model.generate(steps: 3) }
    #expect(throws: ModelFileError.wrongKind(found: .reservoir, wanted: .network)) { try TrainedModel(model.file) }
    var other = model.file
    other.kind = .network
    #expect(throws: ModelFileError.wrongKind(found: .network, wanted: .reservoir)) { try ReservoirModel(other) }
    other = model.file
    other.tensors["readout"] = other.tensors["bias"]
    other.tensors["state"] = nil
    #expect(throws: ReservoirError.self) { try ReservoirModel(other) }
  }
}
