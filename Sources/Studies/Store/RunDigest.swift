import GRDB
import PJRT

/// A digest of what a store has of a run: its configuration, every number of every epoch, and what it cost. Each epoch
/// goes into the digest of those before it, so that storing one costs the same however many there are.
struct RunDigest: Equatable {
  private(set) var text: String

  init(id: String, configuration: String) { text = SHA256.hex(of: "\(id)\n\(configuration)".utf8) }

  /// Of a run before its first epoch.
  init(_ row: Row) throws {
    try self.init(id: row.decode(forColumn: "id"), configuration: row.decode(forColumn: "configuration"))
  }

  /// Of a run with some epochs, as it was stored.
  init(stored text: String) { self.text = text }

  mutating func add(_ record: EpochRecord) {
    // Lines of the digest so far, the numbers, and the metrics; as bytes, since millions of epochs are read.
    var bytes = Array(text.utf8)
    bytes.reserveCapacity(bytes.count + 64 + 48 * record.metrics.count)
    for number in [record.epoch, record.step] {
      bytes.append(Self.lineBreak)
      bytes += "\(number)".utf8
    }
    for number in [record.trainingSeconds, record.evaluationSeconds] {
      bytes.append(Self.lineBreak)
      Self.append(number, to: &bytes)
    }
    for (name, value) in record.metrics {
      bytes.append(Self.lineBreak)
      // With its length no name can be taken for two.
      bytes += "\(name.utf8.count) ".utf8
      bytes += name.utf8
      bytes.append(Self.space)
      Self.append(value, to: &bytes)
    }
    var hash = SHA256()
    hash.update(bytes)
    text = hash.hexDigest()
  }

  /// - Parameter row: of a run that is done.
  mutating func addEnd(_ row: Row) throws {
    let (seconds, evaluations): (Double?, Double?) = try (
      row.decode(forColumn: "seconds"), row.decode(forColumn: "gradient_evaluations")
    )
    let (steps, isDiverged): (Int?, Bool?) = try (row.decode(forColumn: "steps"), row.decode(forColumn: "diverged"))
    let parts = [
      seconds.map(Self.code), steps.map(String.init), evaluations.map(Self.code), isDiverged.map { "\($0)" },
    ]
    text = SHA256.hex(of: ([text] + parts.map { $0 ?? "" }).joined(separator: "\n").utf8)
  }

  private static let lineBreak = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let digits = Array("0123456789abcdef".utf8)

  private static func code(_ value: Double) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All bits in hexadecimal digits but those that a database doesn't keep: what a NaN carries, and the sign of zero.
  private static func append(_ value: Double, to bytes: inout [UInt8]) {
    let bits = (value.isNaN ? .nan : value == 0 ? 0 : value).bitPattern
    var shift = max(0, 60 - bits.leadingZeroBitCount / 4 * 4)
    while true {
      bytes.append(digits[Int(truncatingIfNeeded: bits >> UInt64(shift)) & 15])
      if shift == 0 { return }
      shift -= 4
    }
  }
}

extension StudyStore {
  /// Adds an epoch to the digest of a run.
  static func digest(_ record: EpochRecord, of run: Int64, _ database: Database) throws {
    try changeDigest(of: run, database) { digest, _ in digest.add(record) }
  }

  /// Adds the costs of a run that is done to its digest.
  static func digestEnd(of run: Int64, _ database: Database) throws {
    try changeDigest(of: run, database) { try $0.addEnd($1) }
  }

  /// - Parameter body: changes the digest of a run's row.
  private static func changeDigest(
    of run: Int64, _ database: Database, _ body: (inout RunDigest, Row) throws -> Void
  ) throws {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE key = ?", arguments: [run]) else {
      return
    }
    let stored: String? = try row.decode(forColumn: "digest")
    var digest = try stored.map { RunDigest(stored: $0) } ?? RunDigest(row)
    try body(&digest, row)
    try database.execute(sql: "UPDATE runs SET digest = ? WHERE key = ?", arguments: [digest.text, run])
  }

  /// The digest of a run as it is now.
  static func digest(of row: Row, _ history: History) throws -> RunDigest {
    var digest = try RunDigest(row)
    for record in history.epochs { digest.add(record) }
    if try RunState.done.rawValue == row.decode(forColumn: "state") { try digest.addEnd(row) }
    return digest
  }

  /// Whether a run's numbers are those that were stored. A store that an older version made and that is opened for
  /// reading has no digests.
  static func isWhole(_ row: Row, _ history: History) throws -> Bool {
    guard row.hasColumn("digest") else { return true }
    guard let stored: String = try row.decode(forColumn: "digest") else {
      return try history.epochs.isEmpty && RunState.done.rawValue != row.decode(forColumn: "state")
    }
    return try digest(of: row, history).text == stored
  }

  /// Has runs of a study trained again, from their start, whose numbers aren't those that were stored.
  /// - Returns: how many.
  /// - Throws: ``StoreError``.
  @discardableResult
  public func retrainDamaged(of study: StoredStudy) throws(StoreError) -> Int {
    let (count, ids) = try write { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM runs WHERE key IN (SELECT run FROM memberships WHERE study = ?)",
        arguments: [study.key])
      let damaged = try rows.filter { row in
        do {
          return try !Self.isWhole(row, Self.history(of: row.decode(forColumn: "key"), database))
        } catch is RowDecodingError {
          return true
        }
      }
      for row in damaged {
        let key: Int64 = try row.decode(forColumn: "key")
        for table in ["epochs", "artifacts"] {
          try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [key])
        }
        try database.execute(
          sql: """
            UPDATE runs SET state = 'pending', worker = NULL, lease_expires = NULL, error = NULL, digest = NULL,
              fruitless = 0, started = NULL, finished = NULL, seconds = NULL, steps = NULL, gradient_evaluations = NULL,
              diverged = NULL
            WHERE key = ?
            """, arguments: [key])
      }
      return (damaged.count, try damaged.map { try $0.decode(String.self, forColumn: "id") })
    }
    for id in ids { removeFiles(of: id) }
    return count
  }
}
