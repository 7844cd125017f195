import Foundation
import TestSupport
import Testing

@testable import Studies

/// A folder with a plan, whose study is run by processes of the `tanren` program that are killed with SIGKILL.
struct KilledStudies {
  let folder: TemporaryFolder
  let plan: String

  /// - Parameter name: of the plan's file.
  init(_ name: String, yaml: String) throws {
    folder = try TemporaryFolder()
    plan = folder(name)
    try yaml.write(toFile: plan, atomically: true, encoding: .utf8)
  }

  func results(_ path: String) throws -> StudyResults {
    let store = try StudyStore(path, access: .read)
    return try store.results(of: store.study(nil))
  }

  /// Runs the program and kills it within so many seconds.
  /// - Returns: whether it was done before its time came.
  func endsBeforeItIsKilled(_ words: [String], within seconds: ClosedRange<Double>) throws -> Bool {
    let process = try TanrenProgram.start(words)
    let end = Date(timeIntervalSinceNow: .random(in: seconds))
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.002) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    guard process.terminationReason == .exit else { return false }
    #expect(process.terminationStatus == 0)
    return true
  }

  /// Expects the same runs with the same numbers, bit for bit.
  func expectEqual(_ first: StudyResults, _ second: StudyResults) {
    #expect(StudyDiff(first, second).isEmpty, "\(StudyDiff(first, second))")
    #expect(first.runs.map { $0.history.epochs.map(\.metrics) } == second.runs.map { $0.history.epochs.map(\.metrics) })
  }
}
