import Foundation
import GRDB
import Studies

/// A reader of stores: a sound one, whose bytes or cells the input changes.
enum StoreReader {
  private static let columns = [
    "studies.name", "studies.title", "studies.plan", "runs.id", "runs.configuration", "runs.workload", "runs.error",
    "runs.data_origin", "memberships.arm", "memberships.seed", "environments.description", "metrics.name",
    "metrics.value", "epochs.epoch", "epochs.step", "runs.seconds", "runs.steps", "runs.attempts", "artifacts.path",
  ]

  private static let sound: Result<[UInt8], any Error> = Result {
    try Scratch.with { folder in
      let path = folder + "/sound.sqlite"
      do {
        let plan = try StudyPlan(
          yaml: "name: s\nseeds: 2\nbase: {epochs: 2}\narms: {sgd: {optimizer: sgd}, adam: {optimizer: adam}}",
          source: "plan")
        _ = try StudyStore(path).register(plan)
      }
      let queue = try DatabaseQueue(path: path)
      try queue.write { database in
        try database.execute(
          sql: """
            INSERT INTO environments (key, description) VALUES (1, '{}');
            INSERT INTO attempts (run, number, worker, environment, started) SELECT key, 1, 'w', 1, 0 FROM runs;
            INSERT INTO epochs (run, epoch, step, training_seconds, evaluation_seconds, attempt)
              SELECT key, 1, 10, 0.5, 0.1, 1 FROM runs;
            INSERT INTO metrics (run, epoch, position, name, value) SELECT key, 1, 0, 'val_accuracy', 0.9 FROM runs;
            INSERT INTO artifacts (run, kind, path, number, created) SELECT key, 'checkpoint', 'c', 1, 0 FROM runs;
            UPDATE runs SET state = 'done', seconds = 1, steps = 10, gradient_evaluations = 10, diverged = 0,
              data_digest = 'd', data_origin = 'o';
            UPDATE runs SET state = 'failed', error = 'e' WHERE key = 1;
            -- As version 2 left it, whose runs have no digests: those would refuse every change.
            DROP TRIGGER runs_open;
            DROP INDEX memberships_open;
            DROP INDEX memberships_open_anywhere;
            DROP INDEX runs_by_data;
            DROP INDEX runs_by_end;
            ALTER TABLE memberships DROP COLUMN open;
            DROP INDEX memberships_by_grouping;
            ALTER TABLE memberships DROP COLUMN grouping;
            ALTER TABLE studies DROP COLUMN share;
            ALTER TABLE memberships DROP COLUMN trial;
            ALTER TABLE memberships DROP COLUMN until;
            ALTER TABLE runs DROP COLUMN until;
            ALTER TABLE studies DROP COLUMN expected;
            ALTER TABLE runs DROP COLUMN digest;
            PRAGMA user_version = 2;
            """)
      }
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
        // Without its tables' rules, as a damaged file or another program leaves it.
        try database.execute(
          sql: """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = replace(replace(replace(sql, 'STRICT, ', ''), ' STRICT', ''), ' NOT NULL', '');
            """)
      }
      try queue.close()
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  static func read(_ bytes: [UInt8]) throws {
    try Scratch.with { folder in
      let path = folder + "/store.sqlite"
      let choice = Int(bytes.first ?? 0)
      if choice < columns.count {
        try Scratch.write(sound.get(), path)
        try setCell(columns[choice], bytes.dropFirst(), of: path)
      } else {
        try Scratch.write(changed(sound.get(), bytes.dropFirst()), path)
      }
      let store = try StudyStore(path, access: .read)
      for study in try store.studies() {
        let results = try store.results(of: study)
        _ = results.csv()
        do { _ = try results.json() } catch let error as StoreError { throw error } catch let error as EncodingError {
          throw Fault("\(error)")
        }
        _ = StudyDiff(results, results)
        _ = try results.armResults()
        _ = try StudyFacts(results)
        _ = try store.counts(of: study)
      }
      // A store that another one is merged into stays whole: merging it again finds nothing new.
      let merge = StudyMerge(into: try StudyStore(folder + "/merged.sqlite"))
      try merge.merge([path])
      if try merge.merge([path]).merged != 0 { throw Fault("merging again changed the store") }
    }
  }

  /// Sets a cell of all rows; the input's first byte says whether it is text, a number, bytes or nothing.
  private static func setCell(_ column: String, _ input: ArraySlice<UInt8>, of path: String) throws {
    let parts = column.split(separator: ".")
    let content = Data(input.dropFirst())
    let text = String(decoding: content, as: UTF8.self)
    let value: DatabaseValue =
      switch (input.first ?? 0) % 5 {
      case 0: text.databaseValue
      case 1: (Int64(text) ?? Int64(content.count)).databaseValue
      case 2: (Double(text) ?? 0.5).databaseValue
      case 3: content.databaseValue
      default: .null
      }
    // What a key can't be stays as it was.
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      try? database.execute(sql: "UPDATE \(parts[0]) SET \(parts[1]) = ?", arguments: [value])
    }
  }

  /// Triples of a place's two bytes and the byte that it gets.
  private static func changed(_ sound: [UInt8], _ input: ArraySlice<UInt8>) -> [UInt8] {
    var changed = sound
    let input = Array(input)
    for start in stride(from: 0, to: input.count - 2, by: 3) {
      let place = (Int(input[start]) << 8 | Int(input[start + 1])) * changed.count >> 16
      changed[place] = input[start + 2]
    }
    return changed
  }
}
