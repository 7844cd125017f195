import Foundation
import Plans
import TestSupport
import Testing

/// Files that aren't the model they should be.
@Suite(.tags(.engine)) struct BadModelFileTests {
  let folder: TemporaryFolder
  private let run: Run
  private let file: ModelFile

  init() throws {
    folder = try TemporaryFolder()
    let digits = try SyntheticDigits.generate(trainCount: 20, testCount: 10)
    run = Run(
      try Arm("test", ["model": "mlp(hidden: [2])", "batchSize": "10", "epochs": "1"]).configuration(base: [], seed: 1),
      data: digits)
    let (trainer, history) = try run.train()
    file = try ModelFile(trainer, of: run, after: history.epochs.last)
    try file.write(to: folder("model"))
  }

  private func error(_ bytes: [UInt8]) throws -> ModelFileError? {
    try folder.write(bytes, to: "changed")
    return #expect(throws: ModelFileError.self) { try ModelFile(contentsOf: folder("changed")) }
  }

  /// No changed byte goes unnoticed: in the arrays, in the description, in the digest itself.
  @Test func aChangedByteIsAnError() throws {
    let bytes = try folder.bytes("model")
    let places = stride(from: 0, to: bytes.count, by: bytes.count / 41) + [bytes.count - 1]
    for place in places {
      var changed = bytes
      changed[place] ^= 1
      let error = try error(changed)
      #expect(error?.description.contains(folder("changed")) == true, "\(place): \(error?.description ?? "")")
    }
    #expect(places.count > 40)
  }

  @Test(arguments: [0, 5, 8, 100, 5000]) func aTruncatedFileIsAnError(_ count: Int) throws {
    let error = try error(Array(try folder.bytes("model").prefix(count)))
    switch error {
    case .notAModel where count <= 8: break
    case .damagedFormat where count > 8: #expect(error?.description.contains("truncated") == true)
    default: Issue.record("\(count): \(String(describing: error))")
    }
  }

  @Test func otherFilesSayWhatTheyAre() throws {
    #expect(try error(Array("epochs: 1\n".utf8))?.description.contains("a file of another kind") == true)
    #expect(try error([0x80, 2, 0x8a, 10])?.description.contains("a pickle of PyTorch") == true)
    #expect(try error([0x89] + Array("HDF\r\n".utf8))?.description.contains("an HDF5 file") == true)
    try NPZ.write(["x": HostArray([Float(1)])], to: folder("arrays"))
    #expect(try error(folder.bytes("arrays"))?.description.contains("an archive of arrays") == true)
    let plain = try Safetensors(["x": HostArray([Float(1)])]).bytes()
    #expect(try error(plain)?.description.contains("without Tanren's description") == true)
    #expect(throws: ModelFileError.self) { try ModelFile(contentsOf: folder("absent")) }
    #expect(throws: ModelFileError.self) { try ModelFile(contentsOf: folder.path) }
    // A folder beneath a file can't be made.
    #expect(throws: ModelFileError.self) { try file.write(to: folder("model/deeper")) }
  }

  /// A description that a later version wrote, or that names methods of another program.
  @Test func whatThisProgramDoesNotKnow() throws {
    var later = try Safetensors(contentsOf: folder("model"))
    later.metadata["version"] = "2"
    #expect(try error(later.bytes()) == .newerFormat(path: folder("changed"), version: 2, supported: 1))
    let text = String(decoding: try folder.bytes("model"), as: UTF8.self)
    #expect(text.contains("\"format\":\"tanren model\""))
  }

  @Test func arraysOfAnotherModel() throws {
    var other = file
    other.tensors["dense9/bias"] = other.tensors["dense1/bias"]
    other.tensors["dense1/bias"] = nil
    other.tensors["dense2/bias"] = try HostArray([Float](repeating: 0, count: 9))
    let error = #expect(throws: ModelFileError.self) { try TrainedModel(other) }
    guard case .differentModel(let missing, let unexpected, let mismatched) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(missing == ["parameters/dense1/bias"] && unexpected == ["parameters/dense9/bias"])
    #expect(mismatched.map(\.path) == ["parameters/dense2/bias"])
    other = file
    other.kind = .reservoir
    #expect(throws: ModelFileError.wrongKind(found: .reservoir, wanted: .network)) { try TrainedModel(other) }
    other = file
    other.configuration.preprocessing = MethodSpec("featurewise")
    #expect(throws: DatasetError.self) { try TrainedModel(other) }
    other.statistics = try ["mean": HostArray([1.0]), "deviation": HostArray([Float(1)])]
    #expect(throws: DatasetError.self) { try TrainedModel(other) }
  }

  @Test func dataThatDoNotFit() throws {
    let model = try TrainedModel(file)
    let smaller = try HostArray([UInt8](repeating: 0, count: 49), shape: [1, 7, 7])
    #expect(throws: ModelFileError.differentInputs(saved: "uint8 [28, 28]", found: "uint8 [7, 7]")) {
      try model.predict(smaller)
    }
    #expect(throws: ModelFileError.differentInputs(saved: "uint8 [28, 28]", found: "float32 [28, 28]")) {
      try model.outputs(HostArray([Float](repeating: 0, count: 784), shape: [1, 28, 28]))
    }
    var named = run.data
    named.classNames = (0..<10).map { "digit \($0)" }
    var other = file
    other.data.classNames = named.classNames.reversed()
    let error = #expect(throws: ModelFileError.self) { try TrainedModel(other).evaluate(named) }
    #expect(error?.description.contains("'digit 9', 'digit 8'") == true)
    // Classes without names can't be told apart.
    named.classNames = []
    #expect(try TrainedModel(other).evaluate(named)["accuracy"] == model.evaluate(run.data)["accuracy"])
    let values = try LabeledArrays(
      inputs: run.data.test.inputs, targets: HostArray([Float](repeating: 1, count: 10), shape: [10, 1]))
    let regression = DatasetPair(train: values, test: values, name: "values", origin: "values")
    #expect(
      throws: ModelFileError.differentClasses(saved: "10 classes without names", found: "a number")
    ) { try model.evaluate(regression) }
  }
}
