import Oracle
import Testing

/// Trainings in float32 against NumPy and float64; `make oracle` checks every combination.
@Suite struct OracleTests {
  @Test func trainingsAreNumPys() throws {
    let oracle = try Oracle()
    for combination in Combination.sample { try oracle.check(combination) }
    let failures = oracle.deviations.failures
    #expect(failures.isEmpty, "\(failures.count) differences: \(failures.prefix(5).joined(separator: "\n"))")
  }
}
