import Foundation
import Tanren
import TestSupport
import Testing

/// Output that is lost is never a success, whichever command wrote it and wherever it went.
@Suite(.tags(.process)) struct OutputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Commands that write to standard output, each a kind of its own.
  static let commands: [[String]] = [
    ["--help"], ["--version"], ["run", "--help"], ["methods"], ["methods", "adam"], ["reproduce", "--list"],
    ["data", "info", DataFiles.tiny],
    ["study", "plan", "plan.yml"], ["study", "plan", "plan.yml", "--yaml"], ["study", "list"], ["study", "show"],
    ["study", "show", "--runs"], ["study", "show", "--plan"], ["study", "export"],
    ["study", "export", "--format", "json"],
    ["study", "export", "--format", "yaml"], ["study", "diff", "tiny", "tiny"], ["study", "slurm", "plan.yml"],
    ["study", "task", "plan.yml", "--task", "1", "--tasks", "1", "--folder", "stores"],
    ["study", "merge", "out/studies.sqlite", "--store", "merged.sqlite"],
    ["report"], ["report", "--format", "html"], ["report", "--format", "csv"], ["serve", "--port", "0"],
    ["run", "data=\(DataFiles.tiny)", "epochs=1"],
    ["run", "data=\(DataFiles.tiny)", "epochs=1", "--progress", "lines", "--summary", "none"],
  ]

  /// A store with a study whose one run is done.
  private func prepare() throws {
    let plan = StudyPlan(
      name: "tiny", base: ["data": DataFiles.tiny, "epochs": "1"], arms: [Arm("a", ["optimizer": "sgd"])], seeds: [0])
    try folder.write(plan.yaml(), to: "plan.yml")
    let result = try TanrenProcess.run(["study", "run", "plan.yml", "--quiet"], in: folder)
    #expect(result.status == 0, "\(result.error)")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskIsNoSuccess() throws {
    try prepare()
    for command in Self.commands {
      let full = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
      let result = try TanrenProcess.run(command, in: folder, output: full)
      #expect(result.status == 1 && !result.endedBySignal, "\(command): \(result.status)")
      #expect(
        result.error.contains("Error: can't write to standard output: No space left on device"),
        "\(command): \(result.error)")
    }
  }

  @Test func aClosedPipeIsNoSuccess() throws {
    try prepare()
    // Of each way of writing one.
    for command in [
      ["methods"], ["study", "export"], ["report"], ["serve", "--port", "0"],
      ["run", "data=\(DataFiles.tiny)", "epochs=1"],
    ] {
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let result = try TanrenProcess.run(command, in: folder, output: pipe.fileHandleForWriting)
      #expect(result.status == 1 && !result.endedBySignal, "\(command): \(result.status)")
      #expect(
        result.error.contains("Error: can't write to standard output: it was closed"), "\(command): \(result.error)")
    }
  }

  @Test func aStreamThatWasClosedBeforeIsToldAndNothingElseIsWrittenTo() throws {
    let script = "exec \"$1\" methods >&-"
    let closed = try TanrenProcess.shell(script, in: folder)
    #expect(closed.status == 1 && closed.error.contains("can't write to standard output"), "\(closed.error)")
    // What has nothing to say loses nothing, and its files aren't taken for the stream.
    let quiet = try TanrenProcess.shell(
      "exec \"$1\" run --quiet 'data=\(DataFiles.tiny)' epochs=1 <&- >&-", in: folder)
    #expect(quiet.status == 0, "\(quiet.error)")
    #expect(try folder.text("out/run/history.csv").split(separator: "\n").count == 2)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskHasOneStatusEverywhere() throws
  {
    try prepare()
    let commands = [
      ["report", "--format", "csv"], ["study", "export"], ["activations", "relu"],
      ["schedule", "plot", "0.1"],
    ]
    for command in commands {
      let result = try TanrenProcess.run(command + ["--output", "/dev/full"], in: folder)
      #expect(result.status == 1, "\(command)")
      #expect(
        result.error.hasPrefix("Error: can't write /dev/full: No space left on device"), "\(command): \(result.error)")
    }
    // A file among those of a folder, in text and in bytes.
    try FileManager.default.createDirectory(atPath: folder.path + "/run", withIntermediateDirectories: true)
    for name in ["history.csv", "preview.png"] {
      try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/run/\(name)", withDestinationPath: "/dev/full")
    }
    for command in [
      ["run", "data=\(DataFiles.tiny)", "epochs=1", "--output", "run"],
      ["data", "preview", DataFiles.tiny, "--output", "run/preview.png"],
    ] {
      let result = try TanrenProcess.run(command, in: folder)
      #expect(result.status == 1, "\(command)")
      #expect(
        result.error.contains("No space left on device") && result.error.contains("Free some space"), "\(result.error)")
    }
  }

  @Test func outputsKeepWhatTheyReplace() throws {
    try prepare()
    try folder.write("old", to: "real.csv")
    chmod(folder.path + "/real.csv", 0o600)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.csv", withDestinationPath: "real.csv")
    let result = try TanrenProcess.run(["study", "export", "--output", "link.csv"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(try folder.text("real.csv").hasPrefix("study,arm,seed"))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/real.csv")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link.csv") == "real.csv")
    #expect(try TanrenProcess.run(["study", "export", "--output", "/dev/null"], in: folder).status == 0)
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }

  /// The server ends at once, since nobody reads its address.
  @Test(arguments: [("127.0.0.1", false), ("::1", false), ("0.0.0.0", true)])
  func servingOthersIsWarnedOf(_ host: String, _ isWarned: Bool) throws {
    _ = try StudyStore(folder.path + "/s.sqlite")
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try TanrenProcess.run(
      ["serve", "s.sqlite", "--port", "0", "--host", host], in: folder, output: pipe.fileHandleForWriting)
    #expect(result.error.contains("Warning: --host \(host) lets everyone") == isWarned, "\(result.error)")
  }

  @Test func aPipeIsNoStore() throws {
    mkfifo(folder.path + "/pipe.sqlite", 0o600)
    for command in [
      ["study", "list"], ["study", "show"], ["report"], ["serve"], ["study", "worker"],
      ["study", "run", "nesterov-mnist"],
    ] {
      let result = try TanrenProcess.run(command + ["--store", "pipe.sqlite"], in: folder)
      #expect(result.status == 2, "\(command)")
      #expect(result.error.contains("pipe.sqlite is no study store: it is a pipe"), "\(command): \(result.error)")
    }
  }
}
