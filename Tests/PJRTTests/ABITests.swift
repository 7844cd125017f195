import Foundation
import PJRT
import TestSupport
import Testing

/// Our C header against the one that the installed engine ships.
@Suite(.tags(.process)) struct ABITests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  private static let header: String? = (try? Engine.shared()).flatMap { engine in
    let folder = URL(fileURLWithPath: engine.client.plugin.path).deletingLastPathComponent().path
    let path = folder + "/include/pjrt_c_api.h"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
  private static let hasTools = ["cc", "python3"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// - Returns: the exit status and what was printed.
  private func check(_ header: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.root + "/scripts/check-abi")
    process.arguments = [header]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test(.enabled(if: header != nil && hasTools, "needs cc, python3 and the engine's header"))
  func agreesWithTheEnginesHeader() throws {
    let header = try #require(Self.header)
    let (status, output) = try check(header)
    #expect(status == 0 && output.isEmpty, "\(output)")

    // The check itself notices a field too many and two functions in the wrong order.
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: header, encoding: .utf8)
    let changes = [
      ("  size_t num_args;\n", "  size_t num_args;\n  size_t one_more;\n"),
      ("FIELD(PJRT_Buffer_Device)", "FIELD(PJRT_Buffer_Memory_)"),
      ("PJRT_Buffer_Type_F64,", "PJRT_Buffer_Type_F64 = 77,"),
    ]
    for (old, new) in changes {
      var changed = text.replacingOccurrences(of: old, with: new)
      if new.contains("Memory_") {
        changed = changed.replacingOccurrences(
          of: "_PJRT_API_STRUCT_FIELD(PJRT_Buffer_Memory_);\n  _PJRT_API_STRUCT_FIELD(PJRT_Buffer_Memory);",
          with: "_PJRT_API_STRUCT_FIELD(PJRT_Buffer_Memory);\n  _PJRT_API_STRUCT_FIELD(PJRT_Buffer_Device);")
      }
      #expect(changed != text)
      let result = try check(try folder.write(changed, to: "changed.h"))
      #expect(result.status == 1 && !result.output.isEmpty)
    }
  }
}
