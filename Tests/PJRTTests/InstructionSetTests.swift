import Foundation
import Testing
import TestSupport

@testable import PJRT

/// The instruction sets that the processor has: each computes the same, and TANREN_ISA chooses among them.
@Suite(.tags(.process)) struct InstructionSetTests {
  static let available = InstructionSet.all.filter { $0 <= .processor }

  private func file(_ library: KernelLibrary) throws -> String { try EngineLocator().path(of: library) ?? "-" }

  /// The harness makes calls of every kernel, and repeats each with every lesser set: results are equal up to rounding, or
  /// what plain loops give.
  @Test func allComputeTheSame() throws {
    let result = try TanrenProcess.run(
      ["forms", "600", "1", file(.oneDNN), file(.openBLAS)], program: "KernelHarness", environment: ["TANREN_ISA": nil],
      in: TemporaryFolder())
    #expect(result.status == 0, Comment(rawValue: result.error))
    #expect(result.output.contains("compared") || Self.available.count == 1, Comment(rawValue: result.output))
  }

  @Test(arguments: available) func isChosenByTheEnvironment(_ set: InstructionSet) throws {
    let text = try TanrenProcess.run(
      ["engine", "info"], environment: ["TANREN_ISA": set.name, "OPENBLAS_CORETYPE": nil], in: TemporaryFolder()
    ).output
    let expected = set == .processor ? "instructions .* \(set.name)$" : "instructions .* \(set.name), by TANREN_ISA"
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.range(of: expected, options: .regularExpression) != nil }, "\(text)")
    // The libraries are limited as well.
    if set.name == "avx2", set < .processor { #expect(text.contains("(Haswell)"), "\(text)") }
    #expect(text.contains("passed"))
  }

  @Test(arguments: ["sse9", "AVX2", "avx10"]) func refusesOthers(_ wish: String) throws {
    let result = try TanrenProcess.run(["engine", "info"], environment: ["TANREN_ISA": wish], in: TemporaryFolder())
    #expect(result.status != 0 && !result.endedBySignal)
    let names = Self.available.map(\.name).joined(separator: " or ")
    #expect(result.error.contains("TANREN_ISA must be \(names), not '\(wish)'"), "\(result.error)")
  }

  @Test func mustBeSetBeforeTheProcessStarts() throws {
    let other = try #require(InstructionSet.all.first)
    guard other != .current else { return }
    let error = #expect(throws: EngineError.self) { try InstructionSet.check(other.name) }
    #expect(error?.description.contains("uses \(InstructionSet.current) already") == true)
    try InstructionSet.check(InstructionSet.current.name)
    try InstructionSet.check("")
  }

  @Test func limitsProgramsAndTheirNames() throws {
    #expect(InstructionSet.processor.setting == nil)
    for set in Self.available where set < .processor {
      let setting = try #require(set.setting)
      let client = try Engine.shared().client
      let options = CompileOptions()
      #expect(options.serialized(with: client.settings) != options.serialized(with: client.settings + [setting]))
      #expect(try client.compile("func.func @main() { return }", options: options, with: [setting]).execute([]).isEmpty)
    }
  }
}
