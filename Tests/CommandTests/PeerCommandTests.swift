import Foundation
import TestSupport
import Testing

/// `tanren run` as one of several processes. Only a plugin that connects processes would train; a plugin that does nothing
/// else takes its place.
@Suite(.tags(.process)) struct PeerCommandTests: CommandSuite {
  let folder: TemporaryFolder
  private static let variables: [String: String?] = [
    "SLURM_JOB_ID": nil, "SLURM_NTASKS": nil, "SLURM_PROCID": nil, "TANREN_TOKEN": nil, "TANREN_TOKEN_FILE": nil,
  ]
  private static let answer = "Multiprocess computations aren't implemented on the CPU backend."

  init() throws { folder = try TemporaryFolder() }

  private func words(_ more: String...) -> [String] {
    ["run", "--data", DataFiles.tiny, "--epochs", "1", "--batch-size", "40"] + more
  }

  private func run(_ words: [String], _ variables: [String: String?] = [:]) throws -> TanrenProcess.Result {
    try TanrenProcess.run(words, environment: Self.variables.merging(variables) { $1 }, in: folder)
  }

  @Test func thePluginForTheCPUIsAskedAndItsAnswerToldAtOnce() throws {
    let start = ContinuousClock.now
    // By hand, and as Slurm starts it. Nobody else comes, and nobody is waited for.
    let places: [(words: [String], variables: [String: String?])] = [
      (words("--rendezvous", "meeting", "--processes", "2", "--process-id", "0"), [:]),
      (words("--rendezvous", "meeting", "--processes", "2", "--process-id", "1", "--output", "other"), [:]),
      (
        words("--rendezvous", "tcp://127.0.0.1:7"),
        ["SLURM_JOB_ID": "1", "SLURM_NTASKS": "2", "SLURM_PROCID": "1", "TANREN_TOKEN": "0123456789abcdef"]
      ),
    ]
    for (words, variables) in places {
      let result = try run(words, variables)
      #expect(result.status == 2, "\(result.error)")
      #expect(result.error.contains("programs on 'cpu' can't span processes. The plugin answers: \(Self.answer) "))
      #expect(result.error.contains("--devices 4"))
    }
    #expect(ContinuousClock.now - start < .seconds(100))
    #expect(!folder.exists("meeting"))
    // Process 1 leaves no files.
    #expect(!folder.exists("other"))
  }

  @Test func oneProcessIsATrainingAsAnyOther() throws {
    let result = try run(
      words("--rendezvous", "meeting", "--processes", "1", "--process-id", "0", "--quiet", "--output", "one"))
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(folder.exists("one/model.safetensors"))
  }

  @Test func optionsThatDoNotFitAreRefused() throws {
    func expect(_ words: [String], _ variables: [String: String?] = [:], says part: String) throws {
      let result = try run(words, variables)
      #expect(result.status == 2 && result.error.hasPrefix("Error: "), "\(result.error)")
      #expect(result.error.contains(part), "\(result.error)")
    }
    let two = ["--processes", "2", "--process-id", "1"]
    try expect(words("--processes", "2"), says: "--processes needs --rendezvous")
    try expect(words("--process-id", "1"), says: "--process-id needs --rendezvous")
    try expect(words("--rendezvous", "meeting"), says: "--rendezvous needs --processes and --process-id")
    try expect(words("--rendezvous", "meeting", "--processes", "2", "--process-id", "2"), says: "from 0 to 1")
    try expect(words("--rendezvous", "http://a:1") + two, says: "tcp://host:port")
    try expect(words("--rendezvous", "tcp://a:1") + two, says: "TANREN_TOKEN")
    try expect(words("--rendezvous", "tcp://a:1") + two, ["TANREN_TOKEN": "short"], says: "needs 16")
    let open = try folder.write("0123456789abcdef", to: "token")
    try expect(words("--rendezvous", "tcp://a:1") + two, ["TANREN_TOKEN_FILE": open], says: "chmod 600")
    try expect(words("--rendezvous", "meeting", "--run-id", "a/b") + two, says: "'a/b' can't name a run")
    try expect(words("--rendezvous", "meeting", "--silence-timeout", "0") + two, says: "--silence-timeout is 0")
    try expect(
      ["run", "experiment=reservoirPrediction", "data=narma", "--rendezvous", "meeting"] + two,
      says: "an experiment runs in one process")
  }

  /// Two processes meet as far as the plugin goes, and both say where it ends.
  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func processesMeet() throws {
    let plugin = try MeetingPlugin.build(in: folder)
    let processes = try (0..<2).map { id in
      let process = try TanrenProcess(
        words(
          "--device", plugin, "--rendezvous", "meeting", "--processes", "2", "--process-id", "\(id)", "--output",
          "out\(id)"),
        environment: Self.variables, in: folder)
      try process.start()
      return process
    }
    for process in processes {
      let result = try process.result()
      #expect(result.status == 1 && result.error.contains("it only meets"), "\(result.error)")
    }
    #expect(folder.exists("out0/configuration.yml") && !folder.exists("out1"))
    #expect(folder.names("meeting").isEmpty)
  }

  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func aKilledProcessEndsTheOther() throws {
    let plugin = try MeetingPlugin.build(in: folder)
    let processes = try (0..<2).map { id in
      let process = try TanrenProcess(
        words(
          "--device", plugin, "--rendezvous", "meeting", "--processes", "2", "--process-id", "\(id)", "--output",
          "out\(id)", "--silence-timeout", "1"),
        environment: Self.variables.merging(["MEETING_WORK": "60"]) { $1 }, in: folder)
      try process.start()
      return process
    }
    // Once it says what the data are, it has met the other one.
    let end = Date(timeIntervalSinceNow: 60)
    while try !processes[0].outputSoFar().contains("Data: "), Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    #expect(processes[1].stop())
    let killed = ContinuousClock.now
    let result = try processes[0].result()
    #expect(result.status == 1)
    #expect(result.error.contains("Error: process 1 of 2 has not been heard of for 1 s"), "\(result.error)")
    #expect(ContinuousClock.now - killed < .seconds(30))
  }
}
