import Foundation
import GRDB
import TestSupport
import Testing

@testable import Studies

/// Real processes of the `tanren` program, killed with SIGKILL at random moments.
@Suite(
  .tags(.process), .serialized, .enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"))
struct KillTests {
  private let study: KilledStudies
  private static let yaml = """
    seeds: 0..2
    base: {data: 'syntheticDigits(train: 200, test: 100)', model: 'mlp(hidden: [8])', batchSize: 20, epochs: 60}
    arms:
      sgd: {optimizer: 'sgd(learningRate: 0.1)'}
      adam: {optimizer: 'adam(learningRate: 0.01)'}
      sam: {gradientRule: sam}
    """

  init() throws { study = try KilledStudies("tiny.yml", yaml: Self.yaml) }

  private var folder: TemporaryFolder { study.folder }
  private var plan: String { study.plan }

  /// - Returns: what the store knows of done runs.
  private func check(_ path: String, finished: [String: History]) throws -> [String: History] {
    guard FileManager.default.fileExists(atPath: path) else { return finished }
    guard let store = try? StudyStore(path, access: .read) else {
      // Killed before there was anything in it.
      #expect(finished.isEmpty)
      return finished
    }
    #expect(try store.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
    guard let study = try store.studies().first else { return finished }
    let results = try store.results(of: study)
    var done: [String: History] = [:]
    for run in results.runs {
      // Whole epochs, from the first one on.
      #expect(run.history.epochs.map(\.epoch) == Array(1...60).prefix(run.history.epochs.count).map(\.self))
      #expect(run.history.epochs.allSatisfy { $0.metrics.count == 4 })
      if run.state == .done { done[run.id] = run.history }
    }
    for (id, history) in finished { #expect(done[id] == history, "a finished run was lost or changed") }
    return done
  }

  /// One after the other, side by side in processes, and together in one program.
  @Test(.timeLimit(.minutes(5)), arguments: [["--workers", "1"], ["--workers", "2"], ["--vectorize", "on"]])
  func killsAtRandomMomentsLoseNothing(_ way: [String]) throws {
    let reference = folder("reference.sqlite")
    let words = ["study", "run", plan, "--quiet"] + way + ["--store"]
    try TanrenProgram.run(words + [reference])
    let store = folder("killed.sqlite")
    var finished: [String: History] = [:]
    var kills = 0
    while kills < 8 {
      if try study.endsBeforeItIsKilled(words + [store], within: 0...1.2) {
        // Once more from the start.
        study.expectEqual(try study.results(reference), try study.results(store))
        for suffix in ["", "-wal", "-shm", ".files"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        finished = [:]
        continue
      }
      kills += 1
      // Its workers end too, but not in the same moment.
      finished = try check(store, finished: finished)
    }
    try TanrenProgram.run(words + [store])
    let second = try study.results(store)
    #expect(second.runs.allSatisfy { $0.state == .done })
    study.expectEqual(try study.results(reference), second)
    #expect(!FileManager.default.fileExists(atPath: store + ".files"))
  }

  @Test(.timeLimit(.minutes(5))) func severalWorkersShareAStoreAndOneMayDie() throws {
    let reference = folder("reference.sqlite")
    try TanrenProgram.run("study", "run", plan, "--store", reference, "--quiet", "epochs=20")
    let path = folder("shared.sqlite")
    var plan = try StudyPlan(file: plan)
    try plan.override(assignment: "epochs=20")
    try StudyStore(path).register(plan)
    let workers = try (0..<3).map { _ in try TanrenProgram.start("study", "worker", "--store", path, "--quiet") }
    Thread.sleep(forTimeInterval: 1)
    kill(workers[0].processIdentifier, SIGKILL)
    for worker in workers { worker.waitUntilExit() }
    for worker in workers.dropFirst() { #expect(worker.terminationStatus == 0) }
    study.expectEqual(try study.results(reference), try study.results(path))
    // Nobody ran what another one had done: a run has more attempts only where a worker died.
    let died = try StudyStore(path, access: .read).read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM attempts WHERE outcome <> 'done'")
    }
    #expect(try #require(died) <= 1)
  }

  @Test func plansAreTriedOutAndCompared() throws {
    let path = folder("store.sqlite")
    #expect(try TanrenProgram.run("study", "plan", plan, "--store", path).contains("9 runs"))
    #expect(!FileManager.default.fileExists(atPath: path))
    try TanrenProgram.run("study", "run", plan, "epochs=1", "seeds=1", "--store", path, "--quiet")
    #expect(try TanrenProgram.run("study", "list", "--store", path).contains("tiny"))
    #expect(try TanrenProgram.run("study", "show", "--store", path).contains("3 runs: 3 done"))
    #expect(try TanrenProgram.run("study", "show", "--runs", "--store", path).contains("sam"))
    #expect(try TanrenProgram.run("study", "export", "--store", path).split(separator: "\n").count == 13)
    #expect(try TanrenProgram.run("study", "diff", path, "\(path):tiny").contains("bit for bit"))
    let again = folder("again.yml")
    try TanrenProgram.run("study", "export", "--store", path, "--format", "yaml", "--output", again)
    #expect(try StudyPlan(file: again) == StudyStore(path, access: .read).study("tiny").plan)
  }

  /// Words of the command, its exit status, and what it must say.
  @Test(arguments: [
    (["study", "run", "PLAN", "epochss=3"], 2, "did you mean 'epochs'?"),
    (["study", "run", "nosuchplan"], 2, "there is no plan 'nosuchplan'"),
    (["study", "run", "nosuch.yml"], 2, "nosuch.yml: there is no such file"),
    (["study", "run"], 2, "name a plan"),
    (["study", "show", "--store", "FOLDER/none.sqlite"], 2, "there is no store"),
    (["study", "list", "--store", "PLAN"], 2, "is no study store"),
    (["study", "worker", "--store", "FOLDER/none.sqlite"], 2, "there is no store"),
    (["study", "run", "PLAN", "--store", "/proc/none/x.sqlite"], 2, "can't be opened"),
    (["study", "slurm", "PLAN", "--time", "soon", "--store", "FOLDER/x.sqlite"], 2, "a time limit is written"),
    (
      ["study", "run", "PLAN", "batchSize=5000", "seeds=1", "arms=sgd", "--quiet", "--store", "FOLDER/x.sqlite"], 1,
      "the batch size is 5000"
    ),
  ])
  func theCommandSaysWhatIsWrong(_ words: [String], _ status: Int32, _ message: String) throws {
    let words = words.map { $0.replacing("PLAN", with: plan).replacing("FOLDER", with: folder.path) }
    let ended = try TanrenProgram.end(words)
    #expect(ended.status == status, "\(ended.errors)")
    #expect(ended.errors.contains(message), "\(ended.errors)")
  }
}
