import Foundation
import Sockets
import TestSupport
import Testing

@testable import Peers

/// Real processes that meet, over both stores: in any order, with one missing, killed, failing, or there twice.
@Suite(.tags(.process), .serialized) struct MeetingTests {
  enum Kind: CaseIterable { case folder, tcp }

  /// The processes of one training.
  private final class Training {
    let folder: TemporaryFolder
    private let place: String
    private let count: Int
    private(set) var processes: [TanrenProcess] = []

    init(_ kind: Kind, count: Int, in folder: TemporaryFolder) throws {
      (self.folder, self.count) = (folder, count)
      switch kind {
      case .folder: place = folder("meeting")
      case .tcp:
        let address = try #require(SocketAddress("127.0.0.1"))
        place = "tcp://127.0.0.1:\(try ListeningSocket(address, port: 0).port)"
      }
    }

    @discardableResult func start(
      _ id: Int, _ words: [String] = [], token: String = "0123456789abcdef"
    ) throws -> TanrenProcess {
      let process = try TanrenProcess(
        ["\(count)", "\(id)", place] + words, program: "PeerProbe", environment: ["TANREN_TOKEN": token], in: folder)
      try process.start()
      processes.append(process)
      return process
    }

    func results() throws -> [TanrenProcess.Result] { try processes.map { try $0.result() } }

    /// Nobody is left behind, whatever a test expected.
    deinit { for process in processes { _ = process.stop() } }
  }

  private func lines(_ result: TanrenProcess.Result) -> [String] {
    result.output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: Kind.allCases) func processesMeetInAnyOrder(kind: Kind) throws {
    let folder = try TemporaryFolder()
    // The second time in the same place, which the first has left clean.
    for order in [[0, 1, 2], [2, 1, 0]] {
      let training = try Training(kind, count: 3, in: folder)
      for id in order {
        try training.start(id)
        Thread.sleep(forTimeInterval: 0.1)
      }
      for result in try training.results() {
        #expect(lines(result) == ["joined", "exchanged", "left"], "\(result.output) \(result.error)")
        #expect(result.status == 0)
      }
      #expect(folder.names("meeting").isEmpty)
    }
  }

  @Test(arguments: Kind.allCases) func whoIsMissingIsNamed(kind: Kind) throws {
    let training = try Training(kind, count: 4, in: TemporaryFolder())
    for id in [0, 2] { try training.start(id, ["arrival=1"]) }
    for result in try training.results() {
      #expect(result.output.hasPrefix("error: processes 1, 3 of 4 did not arrive at "), "\(result.output)")
      #expect(result.status == 1)
    }
  }

  @Test(arguments: Kind.allCases) func processZeroIsMissed(kind: Kind) throws {
    let training = try Training(kind, count: 2, in: TemporaryFolder())
    try training.start(1, ["arrival=0.5"])
    let output = try training.results()[0].output
    let message = kind == .folder ? "process 0 of 2 did not arrive" : "could not be reached for 0.5 s"
    #expect(output.contains(message), "\(output)")
  }

  @Test(arguments: Kind.allCases, [0, 2]) func whoIsKilledIsNamed(kind: Kind, killed: Int) throws {
    let folder = try TemporaryFolder()
    let training = try Training(kind, count: 3, in: folder)
    for id in 0..<3 { try training.start(id, ["silence=1", "then=stay"]) }
    try wait(for: training)
    #expect(training.processes[killed].stop())
    for (id, result) in try training.results().enumerated() where id != killed {
      let said = result.output.split(separator: "\n").last ?? ""
      let ending = kind == .tcp && killed == 0 ? "ended without a goodbye" : "has not been heard of for 1 s"
      #expect(said.hasPrefix("error: process \(killed) of 3 \(ending)"), "\(result.output)")
      #expect(result.status == 1)
    }
    // What is left doesn't disturb the next training in the same place.
    let next = try Training(kind, count: 3, in: folder)
    for id in [1, 2, 0] {
      try next.start(id)
      Thread.sleep(forTimeInterval: 0.2)
    }
    for result in try next.results() { #expect(lines(result) == ["joined", "exchanged", "left"], "\(result.output)") }
  }

  @Test(arguments: Kind.allCases) func theReasonOfAFailureReachesAll(kind: Kind) throws {
    let training = try Training(kind, count: 3, in: TemporaryFolder())
    for id in 0..<3 { try training.start(id, ["silence=5", "then=\(id == 1 ? "fail" : "stay")"]) }
    for (id, result) in try training.results().enumerated() {
      let expected = id == 1 ? "error: something unexpected" : "error: process 1 ended: something unexpected"
      #expect(lines(result).last == expected, "\(result.output)")
    }
  }

  @Test(arguments: Kind.allCases) func twoOfTheSameNumberAreRefused(kind: Kind) throws {
    let training = try Training(kind, count: 3, in: TemporaryFolder())
    for id in [0, 1, 1] { try training.start(id, ["arrival=4", "then=stay"]) }
    let start = ContinuousClock.now
    let both = training.processes.dropFirst()
    var refused: [TanrenProcess.Result] = []
    while refused.isEmpty, ContinuousClock.now - start < .seconds(60) {
      refused = try both.filter { !$0.isRunning }.map { try $0.result() }
      Thread.sleep(forTimeInterval: 0.02)
    }
    let message = try #require(refused.first).output
    #expect(message.hasPrefix("error: there are two processes 1 at "), "\(message)")
    for process in training.processes { _ = process.stop() }
  }

  @Test func aWrongTokenIsRefused() throws {
    let training = try Training(.tcp, count: 2, in: TemporaryFolder())
    try training.start(0, ["arrival=2"])
    try training.start(1, token: "fedcba9876543210")
    let results = try training.results()
    #expect(results[1].output.contains("its token is another one"), "\(results[1].output)")
    #expect(results[0].output.hasPrefix("error: process 1 of 2 did not arrive"), "\(results[0].output)")
  }

  /// A plugin's clients in different processes, by both stores.
  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc"), arguments: Kind.allCases)
  func clientsMeet(kind: Kind) throws {
    let folder = try TemporaryFolder()
    let plugin = try MeetingPlugin.build(in: folder)
    let training = try Training(kind, count: 2, in: folder)
    for id in 0..<2 { try training.start(id, ["plugin=\(plugin)"]) }
    for (id, result) in try training.results().enumerated() {
      #expect(
        lines(result) == [
          "client of process0 process1 with 2 devices, here [\(100 * id + 100)]", "joined", "exchanged", "left",
        ], "\(result.output) \(result.error)")
    }
  }

  /// Waits until all processes have joined.
  private func wait(for training: Training) throws {
    let end = Date(timeIntervalSinceNow: 60)
    while try training.processes.contains(where: { try !$0.outputSoFar().contains("exchanged") }), Date() < end {
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}
