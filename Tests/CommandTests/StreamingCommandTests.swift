import Foundation
import Tanren
import TestSupport
import Testing

/// Data larger than the memory that they may take, by the command that people type.
@Suite(.tags(.process, .slow), .serialized) struct StreamingCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Records of 2,000 bytes, in files of 5 MB.
  private func writeShards(_ name: String, megabytes: Int, test: Int = 600) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    var random = NumPyRandomState(seed: 4)
    let noise = (0..<2500 * 2000 / 4).flatMap { _ in
      let number = random.nextUInt32()
      return [
        UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8),
        UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 24),
      ]
    }
    let array = try HostArray(dtype: .uint8, shape: [2500, 2000], bytes: noise)
    for number in 0..<megabytes / 5 { try NPY.write(array, to: folder("\(name)/x_train-\(100 + number).npy")) }
    let count = megabytes / 5 * 2500
    try NPY.write(HostArray((0..<count).map { Int32($0 % 3) }), to: folder("\(name)/y_train.npy"))
    try NPY.write(
      HostArray(dtype: .uint8, shape: [test, 2000], bytes: Array(noise[..<(test * 2000)])),
      to: folder("\(name)/x_test.npy"))
    try NPY.write(HostArray((0..<test).map { Int32($0 % 3) }), to: folder("\(name)/y_test.npy"))
  }

  /// Runs a command, and watches its memory.
  /// - Returns: the most memory that it had, in MB.
  private func peak(of words: String) throws -> Double {
    let result = try TanrenProcess.shell(
      """
      "$1" \(words) > output & process=$!
      while grep VmHWM /proc/$process/status >> peaks 2> /dev/null; do sleep 0.02; done
      wait $process
      """, in: folder)
    #expect(result.status == 0, "\(result.error)")
    let last = try #require(try folder.text("peaks").split(separator: "\n").last)
    return try #require(last.split(separator: " ").dropLast().last.flatMap { Double($0) }) / 1000
  }

  private func peak(_ words: String, output: String) throws -> Double {
    try peak(of: "run \(words) 'model=mlp(hidden: [8])' epochs=2 batchSize=100 --quiet --output \(output)")
  }

  private func metrics(_ name: String) throws -> [String] {
    let rows = try folder.text(name + "/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let names = try #require(rows.first)
    return rows.map { row in
      names.indices.filter { !names[$0].contains("seconds") }.map { String(row[$0]) }.joined(separator: ",")
    }
  }

  #if os(Linux)
    /// Ten times the limit in data: memory grows by less than the limit, and the results are those of data in memory.
    @Test func memoryStaysBelowTheLimit() throws {
      try writeShards("small", megabytes: 10)
      try writeShards("large", megabytes: 80)
      let base = try peak("'data=npy(path: small)' --memory 8M", output: "base")
      let streamed = try peak("'data=npy(path: large)' --memory 8M", output: "streamed")
      let resident = try peak("'data=npy(path: large)'", output: "resident")
      #expect(streamed - base < 8, "\(streamed) MB, and \(base) MB with an eighth of the data")
      #expect(resident - base > 80, "\(resident) MB in memory")
      #expect(try metrics("streamed") == metrics("resident"))
      // The saved model predicts and is evaluated within a limit too.
      try FileManager.default.createDirectory(atPath: folder("all"), withIntermediateDirectories: true)
      for name in folder.names("large") where name.hasPrefix("x_train") {
        let part = name.hasSuffix("-100.npy") ? "one" : "all"
        try FileManager.default.createSymbolicLink(
          atPath: folder("\(part == "one" ? "one.npy" : "all/\(name)")"), withDestinationPath: folder("large/\(name)"))
      }
      let predict = "predict streamed/model.safetensors"
      let few = try peak(of: "\(predict) one.npy --output one.csv --batch-size 500 --memory 8M")
      let many = try peak(of: "\(predict) all/* --output many.csv --batch-size 500 --memory 8M")
      let whole = try peak(of: "\(predict) all/* --output whole.csv --batch-size 500")
      #expect(many - few < 40, "\(many) MB with the names of all records, and \(few) MB for a fifteenth")
      #expect(whole - many > 50, "\(whole) MB in memory")
      #expect(try folder.bytes("many.csv") == folder.bytes("whole.csv"))
    }
  #endif

  private func run(_ words: String...) throws -> TanrenProcess.Result { try TanrenProcess.run(words, in: folder) }

  /// Everything that takes more than a batch at a time.
  private static let plan = """
    name: methods
    seeds: 2
    base:
      data: "npy(path: shards)"
      model: [dense(8), batchNorm, relu, dense(3)]
      epochs: 3
      batchSize: 50
      partialBatch: pad
    arms:
      metrics: {metrics: [accuracy, rocAUC, averagePrecision]}
      featurewise: {preprocessing: featurewise}
      averaged: {averaging: "ema(decay: 0.9, statistics: estimated)"}

    """

  @Test func aStudyIsTheSameWithinALimit() throws {
    try writeShards("shards", megabytes: 10, test: 60)
    try folder.write(Self.plan, to: "methods.yml")
    // Of runs that are trained together, the lower limit lets in one step at a time.
    for (vectorize, limits) in [("off", ["1500K"]), ("on", ["1500K", "3500K"])] {
      let stores = [("resident", nil)] + limits.map { ("streamed-\($0)", $0) } as [(String, String?)]
      for (store, limit) in stores {
        let result = try TanrenProcess.run(
          ["study", "run", "methods.yml", "--quiet", "--workers", "1", "--vectorize", vectorize]
            + ["--store", "\(store)-\(vectorize).sqlite"] + (limit.map { ["--memory", $0] } ?? []), in: folder)
        #expect(result.status == 0, "\(result.error)")
      }
      for limit in limits {
        let diff = try run("study", "diff", "resident-\(vectorize).sqlite", "streamed-\(limit)-\(vectorize).sqlite")
        #expect(diff.status == 0 && diff.output.contains("bit for bit"), "\(diff.output)")
      }
    }
    // Two workers share the limit, and go on with what resident data began.
    let longer = try run(
      "study", "run", "methods.yml", "seeds=3", "--store", "resident-off.sqlite", "--workers", "2", "--memory", "3M")
    #expect(longer.status == 0 && longer.output.contains("read in parts, within 1500 kB"), "\(longer.error)")
    #expect(longer.output.contains("9 runs, 6 done already"))
    let plan = try run("study", "plan", "methods.yml", "--store", "none.sqlite", "--memory", "1M")
    #expect(plan.output.contains("18 epochs, 1800 steps"), "\(plan.output)")
    let reproduced = try run(
      "reproduce", "./methods.yml", "--arms", "metrics", "--epochs", "1", "--store", "r.sqlite", "--workers", "1",
      "--memory", "1500K")
    #expect(
      reproduced.status == 0 && reproduced.output.contains("read in parts, within 1500 kB"), "\(reproduced.error)")
    // What can't be read in parts isn't the runs' fault: none has failed.
    let refused = try run("study", "run", "methods.yml", "data=digits", "name=d", "--memory", "1M", "--workers", "1")
    #expect(refused.status != 0 && refused.error.contains("data that can be read part by part"), "\(refused.error)")
    let shown = try run("study", "show", "d")
    #expect(shown.output.contains("6 pending"), "\(shown.output)")
  }

  /// A single epoch of many parts: what isn't lost comes from within it.
  @Test(arguments: ["off", "on"]) func aKilledStudyGoesOnWithinItsEpoch(vectorize: String) throws {
    try writeShards("shards", megabytes: 40, test: 60)
    try folder.write(
      """
      name: long
      seeds: \(vectorize == "on" ? 2 : 1)
      base:
        data: "npy(path: shards)"
        model: mlp(hidden: [64, 64])
        epochs: 1
        batchSize: 2
        evaluateBeforeTraining: true
      arms:
        adam: {optimizer: adam}

      """, to: "long.yml")
    let words = ["study", "run", "long.yml", "--quiet", "--workers", "1", "--vectorize", vectorize, "--memory", "11M"]
    let whole = try TanrenProcess.run(words + ["--store", "whole.sqlite"], in: folder)
    #expect(whole.status == 0, "\(whole.error)")
    let killed = try TanrenProcess(words + ["--store", "killed.sqlite"], in: folder)
    try killed.start()
    func checkpoints() -> [Checkpoint] {
      folder.names("killed.sqlite.files").compactMap {
        try? CheckpointFolder(folder("killed.sqlite.files/\($0)/attempt-1")).latest()
      }
    }
    let end = Date(timeIntervalSinceNow: 120)
    while Date() < end && checkpoints().isEmpty { Thread.sleep(forTimeInterval: 0.02) }
    // Until the store knows it.
    Thread.sleep(forTimeInterval: 0.2)
    #expect(killed.stop())
    let found = checkpoints()
    #expect(found.count == (vectorize == "on" ? 2 : 1))
    for checkpoint in found {
      #expect(checkpoint.epoch == 0 && checkpoint.step > 0 && checkpoint.step < 10_000)
      #expect(checkpoint.history.epochs.map(\.epoch) == [0])
    }
    let resumed = try TanrenProcess.run(words + ["--store", "killed.sqlite"], in: folder)
    #expect(resumed.status == 0, "\(resumed.error)")
    let diff = try run("study", "diff", "whole.sqlite", "killed.sqlite")
    #expect(diff.status == 0 && diff.output.contains("bit for bit"), "\(diff.output)")
    #expect(!folder.exists("killed.sqlite.files"))
  }

  @Test func picturesAreStreamedAlike() throws {
    for index in 0..<60 {
      let pixels = (0..<20 * 30).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 >> 9) / 2 + index) }
      let image = try HostArray(dtype: .uint8, shape: [20, 30], bytes: pixels)
      try folder.write(PNG.encode(image), to: "photos/\(["cat", "dog"][index % 2])/\(index).png")
    }
    try folder.write("text", to: "photos/dog/61.png")
    let source = "images(path: photos, size: 24, unreadable: skip)"
    let words = ["run", "data=\(source)", "model=mlp(hidden: [8])", "epochs=2", "batchSize=4"]
    for (name, extra) in [("resident", []), ("streamed", ["--memory", "40K"])] as [(String, [String])] {
      let result = try TanrenProcess.run(words + ["--output", name] + extra, in: folder)
      #expect(result.status == 0 && result.output.contains("1 unreadable and skipped"), "\(result.error)")
      #expect(result.output.contains("read in parts") == (name == "streamed"))
    }
    #expect(try metrics("streamed") == metrics("resident"))
    #expect(try page("streamed") == page("resident") && page("streamed").contains("data:image/png;base64,"))
    for name in ["model.safetensors", "best.safetensors"] {
      #expect(try folder.bytes("streamed/" + name) == folder.bytes("resident/" + name))
    }
    try FileManager.default.removeItem(atPath: folder("photos/dog/61.png"))
    let limit = ["--memory", "40K"]
    let evaluated = try [[], limit].map {
      try TanrenProcess.run(["evaluate", model, "--quiet"] + $0, in: folder).output
    }
    #expect(evaluated[0] == evaluated[1] && evaluated[0].contains("accuracy"))
    for (name, extra) in [("resident", []), ("streamed", limit)] as [(String, [String])] {
      let result = try TanrenProcess.run(
        ["predict", model, "photos", "--batch-size", "7", "--output", "\(name).csv"] + extra, in: folder)
      #expect(result.status == 0 && result.error.contains("0.png: resized from 30x20"), "\(result.error)")
    }
    #expect(try folder.bytes("streamed.csv") == folder.bytes("resident.csv"))
  }

  private let model = "streamed/model.safetensors"

  /// The page of a run but for the time that it took, and the pictures' own sizes, which nobody knows beforehand.
  private func page(_ name: String) throws -> String {
    try folder.text(name + "/report.html").replacing(#/Data: [^<]*/#, with: "")
  }

  @Test func whatIsWrongIsSaid() throws {
    try writeShards("shards", megabytes: 5)
    let source = "npy(path: shards)"
    let trained = try run("run", "data=\(source)", "model=mlp(hidden: [4])", "epochs=1", "--output", "streamed")
    #expect(trained.status == 0, "\(trained.error)")
    try NPZ.write(["x": HostArray([UInt8](repeating: 1, count: 2000), shape: [1, 2000])], to: folder("x.npz"))
    try NPY.write(HostArray([UInt8](repeating: 1, count: 20), shape: [1, 20]), to: folder("short.npy"))
    for (words, message) in [
      (["run", "data=digits", "--memory", "1M"], "data that can be read part by part"),
      (["run", "data=\(source)", "--memory", "lots"], "lots"),
      (["run", "data=\(source)", "--memory", "2K", "batchSize=4"], "a batch needs"),
      (["evaluate", model, "data=digits", "--memory", "1M"], "not for 'digits'"),
      (["evaluate", model, "--memory", "1M"], "a batch needs 7 MB"),
      (["predict", model, "x.npz", "--memory", "1M"], "not for an NPZ file"),
      (["predict", model, "short.npy", "--memory", "1M"], "the shape is [1, 20]"),
      (["predict", model, "shards/x_test.npy", "--memory", "1M"], "a batch needs 7 MB"),
    ] {
      let result = try TanrenProcess.run(words, in: folder)
      #expect(result.status != 0 && result.error.contains(message), "\(words): \(result.error)")
    }
  }
}
