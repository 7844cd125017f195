import Foundation
import Tanren
import TestSupport
import Testing

/// Bad input ends with status 2 and one message on standard error that says what is wrong and where.
@Suite(.tags(.process)) struct BadInputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expect(
    _ arguments: [String], environment: [String: String?] = [:], says parts: [String],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let result = try TanrenProcess.run(arguments, environment: environment, in: folder)
    #expect(result.status == 2 && !result.endedBySignal, "\(result.error)", sourceLocation: location)
    #expect(result.error.hasPrefix("Error: "), "\(result.error)", sourceLocation: location)
    for part in parts {
      #expect(result.error.contains(part), "\(result.error)", sourceLocation: location)
    }
    #expect(!result.error.contains("Fatal error") && !result.error.contains("crashed"), sourceLocation: location)
  }

  private func run(_ more: String...) -> [String] { ["run", "--offline", "--epochs", "1", "--batch-size", "5"] + more }

  @Test func experimentsHaveNoLimitOfMemory() throws {
    try expect(
      ["run", "experiment=reservoirPrediction", "data=narma", "--memory", "1G"],
      says: ["--memory", "an experiment has all"])
  }

  @Test func truncatedIDX() throws {
    try folder.writeMNIST(train: 20, test: 10)
    try folder.write(idxFile([20, 28, 28], [UInt8](repeating: 7, count: 5000)), to: "train-images-idx3-ubyte")
    try expect(
      run("data=mnist"), environment: ["TANREN_DATA": folder.path],
      says: ["train-images-idx3-ubyte", "truncated", "15680", "5000"])
  }

  @Test func wrongMagicIDX() throws {
    try folder.writeMNIST(train: 20, test: 10)
    try folder.write("<html>not found</html>", to: "t10k-labels-idx1-ubyte")
    try expect(
      run("data=mnist"), environment: ["TANREN_DATA": folder.path], says: ["t10k-labels-idx1-ubyte", "this isn't"])
  }

  @Test func truncatedGzip() throws {
    try folder.writeMNIST(train: 20, test: 10)
    let whole = DataFiles.gzip(idxFile([20, 28, 28], [UInt8](repeating: 7, count: 20 * 784)))
    try folder.write(Array(whole.prefix(9000)), to: "train-images-idx3-ubyte.gz")
    try expect(
      run("data=mnist"), environment: ["TANREN_DATA": folder.path], says: ["train-images-idx3-ubyte.gz", "compressed"])
  }

  @Test func labelOutOfRangeInIDX() throws {
    try folder.writeMNIST(train: 20, test: 10)
    try folder.write(idxFile([20], [UInt8](repeating: 11, count: 20)), to: "train-labels-idx1-ubyte")
    try expect(
      run("data=mnist"), environment: ["TANREN_DATA": folder.path],
      says: ["train-labels-idx1-ubyte", "label 11", "0..<10"])
  }

  @Test func wrongTypeOfNPY() throws {
    let path = try DataFiles.writeNPZ(
      to: folder, replacing: ["x_train": HostArray([Int64](repeating: 1, count: 80), shape: [20, 4])])
    try expect(run("data=npz(path: \(path))"), says: ["x_train", "int64", "float32"])
  }

  @Test func labelOutOfRangeInNPZ() throws {
    let path = try DataFiles.writeNPZ(to: folder, replacing: ["y_test": HostArray([Int64](repeating: 5, count: 10))])
    try expect(run("data=npz(path: \(path))"), says: ["y_test", "label 5", "0..<3"])
  }

  @Test func missingArrayInNPZ() throws {
    let path = folder.path + "/other.npz"
    try NPZ.write(["x": HostArray([Float(1)])], to: path)
    try expect(run("data=npz(path: \(path))"), says: ["x_train", "among: x"])
  }

  @Test func layerSizesThatDoNotMatch() throws {
    let path = try DataFiles.writeNPZ(
      to: folder, replacing: ["x_test": HostArray([Float](repeating: 1, count: 50), shape: [10, 5])])
    try expect(run("data=npz(path: \(path))"), says: ["dense1", "5", "4"])
  }

  @Test func unknownKeyInYAML() throws {
    try folder.write("data: digits\n# a comment\nepohcs: 3\n", to: "config.yml")
    try expect(["run", "config.yml"], says: ["config.yml:3", "'epohcs'", "did you mean 'epochs'?"])
  }

  @Test func unknownMethodInYAML() throws {
    try folder.write("epochs: 1\noptimizer: momentun(rate: 0.1)\n", to: "config.yml")
    try expect(["run", "config.yml"], says: ["config.yml:2", "momentun", "did you mean 'momentum'?"])
  }

  @Test func unknownOptionOfMethodInYAML() throws {
    try folder.write("epochs: 1\noptimizer:\n  name: sgd\n  raet: 0.1\n", to: "config.yml")
    try expect(["run", "config.yml"], says: ["config.yml:4", "sgd", "'raet'", "did you mean 'learningRate'?"])
  }

  @Test func textThatIsNotYAML() throws {
    try folder.write("epochs: 1\nmodel: [mlp\n", to: "config.yml")
    try expect(["run", "config.yml"], says: ["config.yml:", "YAML"])
  }

  @Test func missingFile() throws {
    try expect(["run", "nowhere.yml"], says: ["nowhere.yml", "there is no such file"])
  }

  @Test(arguments: [["--epochs", "-1"], ["epochs=-1"]]) func negativeEpochs(_ arguments: [String]) throws {
    try expect(["run"] + arguments, says: ["'epochs' is -1", "0...1000000"])
  }

  @Test func negativeEpochsInYAML() throws {
    try folder.write("epochs: -1\n", to: "config.yml")
    try expect(["run", "config.yml"], says: ["config.yml:1", "'epochs' is -1"])
  }

  @Test func missingPlugin() throws {
    try expect(
      run("--data", DataFiles.tiny), environment: ["TANREN_CACHE": folder.path + "/empty"],
      says: ["no PJRT plugin for 'cpu'", "tanren engine install", folder.path + "/empty"])
  }

  @Test func pluginThatIsNone() throws {
    let path = try folder.write("no library", to: "plugin.so")
    try expect(run("--data", DataFiles.tiny, "--device", path), says: [path, "not a PJRT plugin"])
    try expect(run("--device", folder.path + "/absent.so"), says: ["absent.so", "there is no such file"])
  }

  @Test func unknownDevice() throws {
    try expect(run("--device", "gpu"), says: ["'gpu'", "cuda"])
  }

  @Test func unwritableOutputFolder() throws {
    // A folder beneath a file can't be made, not even by root.
    let file = try folder.write("", to: "file")
    try expect(run("--data", DataFiles.tiny, "--output", file + "/out"), says: [file + "/out", "can't"])
    try expect(["reproduce", "activations-mnist", "--output", file + "/out"], says: [file + "/out", "can't"])
    try expect(["activations", "relu", "--output", file + "/a.svg"], says: [file + "/a.svg", "can't write"])
  }

  @Test func storesAndStudiesThatAreNotThere() throws {
    for command in ["report", "serve"] {
      try expect([command], says: ["there is no store out/studies.sqlite", "tanren study run"])
      try expect([command, "none.sqlite"], says: ["there is no store none.sqlite"])
      try expect([command, "a.sqlite", "--store", "b.sqlite"], says: ["two stores are given", "a.sqlite", "b.sqlite"])
      try folder.write("no database", to: "words.sqlite")
      try expect([command, "words.sqlite"], says: ["words.sqlite is no study store"])
    }
    _ = try StudyStore(folder.path + "/out/studies.sqlite").register(
      StudyPlan(
        name: "rates", base: ["data": DataFiles.tiny, "epochs": "1"], arms: [Arm("sgd", ["optimizer": "sgd"])],
        seeds: [0]))
    try expect(["report", "--study", "rate"], says: ["no study 'rate'", "did you mean 'rates'?"])
    try expect(["report", "rates"], says: ["'rates' is a study in out/studies.sqlite", "--study"])
    try expect(["report"], says: ["no run of 'rates' has ended yet"])
  }

  @Test func unknownFormats() throws {
    try expect(["report", "--format", "latx"], says: ["'latx'", "did you mean 'latex'?"])
    try expect(["report", "--format", "pdf"], says: ["'pdf'", "html, markdown, csv"])
    try expect(["report", "--output", "report.pdf"], says: ["report.pdf", "--format"])
  }

  @Test func placesNobodyCanListenAt() throws {
    _ = try StudyStore(folder.path + "/out/studies.sqlite")
    let taken = try TakenPort()
    try expect(
      ["serve", "--port", "\(taken.number)"],
      says: ["port \(taken.number)", "another program is already listening", "--port"])
    try expect(["serve", "--host", "example.org"], says: ["'example.org' is not a numeric address", "127.0.0.1"])
    try expect(["serve", "--port", "70000"], says: ["70000", "--port"])
  }

  @Test func batchLargerThanData() throws {
    try expect(run("--data", DataFiles.tiny, "batchSize=1000"), says: ["1000", "200 examples"])
  }

  @Test func unknownWords() throws {
    try expect(["rnu"], says: ["'rnu'", "did you mean 'run'?"])
    try expect(["run", "--epohcs", "3"], says: ["--epohcs", "--epochs"])
    try expect(["run", "optimzer=adam"], says: ["'optimzer'", "did you mean 'optimizer'?"])
    try expect(["reproduce", "floding-mnist"], says: ["did you mean 'flooding-mnist'?"])
    try expect(["reproduce", "flooding-mnist", "--arms", "b0,b0.02"], says: ["'b0.02'", "b0.05"])
    try expect(["reproduce", "flooding-mnist", "--all"], says: ["omit 'flooding-mnist'"])
    try expect(["reproduce", "--all", "--arms", "sgd"], says: ["--arms selects arms of a single recipe"])
    try expect(["reproduce", "flooding-mnist", "--budget", "smoky"], says: ["no budget 'smoky'", "'smoke'"])
    try expect(["reproduce", "mine.yml"], says: ["mine.yml: there is no such file"])
    try expect(["study", "plan", "flooding-mnist", "budget=smoky"], says: ["no budget 'smoky'", "'smoke'"])
    try expect(["reproduce"], says: ["name a recipe or pass --all", "flooding-mnist"])
    try expect(["methods", "optimisers"], says: ["did you mean 'optimizers'?"])
    try expect(["activations", "tanhExpp"], says: ["did you mean 'tanhExp'?"])
    try expect(["data", "info", "mnits"], says: ["did you mean 'mnist'?"])
  }

  /// A plan, and what must be said of it before anything is run.
  @Test(arguments: [
    ("seeds: 2\narms: {a: {}}\nsead: 3", "plan.yml:3: a plan has no setting 'sead': did you mean 'seeds'?"),
    ("seeds: 2\narms:\n  a:\n    optimizer: sgdd", "plan.yml:4: there is no optimizer 'sgdd': did you mean 'sgd'?"),
    ("seeds: 2\narms:\n  a: {}\n  a: {batchSize: 5}", "plan.yml:4: 'a' is set twice"),
    ("arms: {a: {}}", "plan.yml: there are no seeds: write 'seeds: 5'"),
    ("seeds: []\narms: {a: {}}", "plan.yml:1: there are no seeds"),
    ("seeds: 2\nmetric: val_acuracy\narms: {a: {}}", "there is no metric 'val_acuracy': did you mean 'val_accuracy'?"),
  ])
  func plansThatCantBeRun(_ text: String, _ message: String) throws {
    try folder.write(text, to: "plan.yml")
    for command in ["plan", "run"] {
      try expect(["study", command, "plan.yml", "--store", "s.sqlite"], says: [message])
    }
    #expect(!folder.exists("s.sqlite"))
  }

  @Test func storesThatCantBeUsed() throws {
    let plan = StudyPlan(name: "tiny", base: ["data": DataFiles.tiny], arms: [Arm("a", [:])])
    let newer = folder.path + "/newer.sqlite"
    try StudyStore(newer).register(plan)
    // SQLite keeps the schema's version, big-endian, at byte 60 of the file's header.
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: newer)))
    bytes[60...63] = [0, 0, 0, 99]
    try folder.write(bytes, to: "newer.sqlite")
    try folder.write("no store", to: "text.sqlite")
    for words in [["list"], ["show"], ["export"], ["run", "nesterov-mnist"], ["worker"]] {
      try expect(
        ["study"] + words + ["--store", "newer.sqlite"], says: ["newer.sqlite was made by a newer tanren", "99"])
      try expect(["study"] + words + ["--store", "text.sqlite"], says: ["text.sqlite is no study store"])
    }
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: newer))) == bytes)
    #expect(try folder.text("text.sqlite") == "no store")
  }

  @Test func badValues() throws {
    try expect(["run", "epochs=many"], says: ["'epochs' takes a whole number"])
    try expect(["run", "dtype=int8"], says: ["'dtype' is int8", "float32"])
    try expect(["run", "optimizer=sgd(learningRate: 0.1"], says: ["can't read 'sgd(learningRate: 0.1'"])
    try expect(["reproduce", "flooding-mnist", "--seeds", "4..0"], says: ["--seeds", "4..0"])
    try expect(["activations", "relu", "--from", "3", "--to", "-3"], says: ["--from 3"])
    try expect(["activations", "softmax"], says: ["softmax", "not a function of one number"])
    try expect(["data", "preview", DataFiles.tiny, "--output", "p.jpg"], says: ["p.jpg", ".svg or .png"])
    try expect(["run", "--devices", "0"], says: ["--devices is 0"])
  }
}
