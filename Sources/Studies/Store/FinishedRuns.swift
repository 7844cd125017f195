import GRDB
import Synchronization

/// Runs that were done when a study was read, to be told again without reading their epochs: a page that shows a study while it runs
/// reads it again and again.
package final class FinishedRuns: Sendable {
  private struct Key: Hashable {
    let study: String
    let position: Int
  }

  private struct Memory {
    var environments: [RunEnvironment] = []
    var runs: [Key: (digest: String, run: StoredRun)] = [:]
  }

  private let memory = Mutex(Memory())

  package init() {}

  /// Forgets all runs if they were computed elsewhere: they have places in the list of environments.
  func begin(_ environments: [RunEnvironment]) {
    memory.withLock { memory in
      if memory.environments != environments { memory = Memory(environments: environments) }
    }
  }

  /// - Parameter row: of a study's run. Its digest names all of its numbers.
  func run(_ row: Row, of study: StoredStudy) throws -> StoredRun? {
    guard let (key, digest) = try Self.name(row, of: study) else { return nil }
    return memory.withLock { memory in
      guard let known = memory.runs[key], known.digest == digest else { return nil }
      return known.run
    }
  }

  func keep(_ run: StoredRun, _ row: Row, of study: StoredStudy) throws {
    guard let (key, digest) = try Self.name(row, of: study) else { return }
    memory.withLock { $0.runs[key] = (digest, run) }
  }

  /// nil for a run that isn't done, or that has no digest.
  private static func name(_ row: Row, of study: StoredStudy) throws -> (Key, String)? {
    guard try row.decode(String.self, forColumn: "state") == RunState.done.rawValue, row.hasColumn("digest"),
      let digest: String = try row.decode(forColumn: "digest")
    else { return nil }
    // With the arm: another plan may have given it the same place.
    let (arm, seed): (String, Int) = (try row.decode(forColumn: "arm"), try row.decode(forColumn: "seed"))
    let key = Key(study: study.name, position: try row.decode(forColumn: "position"))
    return (key, "\(digest) \(seed) \(arm)")
  }
}
