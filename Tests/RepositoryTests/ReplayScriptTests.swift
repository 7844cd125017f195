import Foundation
import TestSupport
import Testing

/// `scripts/replay compare` on records of a few lines.
@Suite(.tags(.process)) struct ReplayScriptTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for record in ["before", "after"] {
      try folder.write(program("tanh"), to: "\(record)/tests/1.mlir")
      try folder.write(program("exponential"), to: "\(record)/smoke/2.mlir")
      try store(in: "\(record)/studies.sqlite", study: "rates", loss: 0.5)
    }
  }

  private func program(_ operation: String, type: String = "tensor<2xf32>") -> String {
    """
    func.func @main(%arg0: \(type)) -> (\(type)) {
      %1 = stablehlo.constant dense<1.0> : \(type)
      %2 = stablehlo.\(operation) %arg0 : \(type)
      %3 = stablehlo.add %1, %2 : \(type)
      return %3 : \(type)
    }

    """
  }

  /// The tables that the script reads, with one run of one epoch.
  private func store(in name: String, study: String, loss: Double) throws {
    let script = """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1])
      connection.executescript(f'''
        CREATE TABLE studies (key INTEGER, name TEXT);
        CREATE TABLE memberships (study INTEGER, position INTEGER, run INTEGER, arm TEXT, seed INTEGER);
        CREATE TABLE metrics (run INTEGER, epoch INTEGER, position INTEGER, name TEXT, value REAL);
        INSERT INTO studies VALUES (1, '{sys.argv[2]}');
        INSERT INTO memberships VALUES (1, 0, 1, 'adam', 7);
        INSERT INTO metrics VALUES (1, 1, 0, 'loss', {sys.argv[3]});
      ''')
      connection.close()
      """
    try? FileManager.default.removeItem(atPath: folder(name))
    let result = try TanrenProcess.run(
      ["python3", "-c", script, folder(name), study, "\(loss)"], program: "/usr/bin/env", in: folder)
    #expect(result.status == 0, "\(result.error)")
  }

  private func compare() throws -> TanrenProcess.Result {
    let script = Locations.package.appendingPathComponent("scripts/replay").path
    return try TanrenProcess.run(["compare", folder("before"), folder("after")], program: script, in: folder)
  }

  @Test func equalRecordsAreEqual() throws {
    let result = try compare()
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(result.output.contains("tests: 1 programs before, 1 after: 1 equal, 0 only before, 0 only after"))
    #expect(result.output.contains("histories: 1 runs before, 1 after: 1 equal"))
  }

  /// The same change in two programs of other shapes is printed once, however the values are numbered.
  @Test func changesArePrintedOnce() throws {
    for (name, type) in [("3", "tensor<3xf32>"), ("4", "tensor<4xf64>")] {
      try folder.write(program("tanh", type: type), to: "before/tests/\(name).mlir")
      try folder.write(program("logistic", type: type), to: "after/tests/\(name)x.mlir")
    }
    let result = try compare()
    #expect(result.status == 1)
    #expect(result.output.contains("tests: 3 programs before, 3 after: 1 equal, 2 only before, 2 only after"))
    #expect(result.output.contains("2 programs, such as 3.mlir → 3x.mlir:\n  -"), "\(result.output)")
    #expect(result.output.contains("+  % = stablehlo.logistic % : tensor<3xf32>"), "\(result.output)")
    #expect(!result.output.contains("tensor<4xf64>"))
  }

  @Test func historiesAreComparedBitForBit() throws {
    try store(in: "after/studies.sqlite", study: "rates", loss: 0.5.nextUp)
    let changed = try compare()
    #expect(changed.status == 1)
    #expect(
      changed.output.contains("rates, adam, seed 7: epoch 1, loss: 0.5 before, 0.5000000000000001 after"),
      "\(changed.output)")
    try store(in: "after/studies.sqlite", study: "renamed", loss: 0.5)
    let renamed = try compare()
    #expect(renamed.status == 0)
    #expect(renamed.output.contains("rates, adam, seed 7 is now renamed, adam, seed 7"), "\(renamed.output)")
  }
}
