import Foundation
import Testing

@Suite struct BenchWorkerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func answer(_ arguments: [String]) throws -> (status: Int32, message: [String: Any]) {
    let result = try TanrenProcess.run(arguments, program: "tanren-bench", in: folder)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 1, "\(result.output)")
    let object = try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8))
    return (result.status, object as? [String: Any] ?? [:])
  }

  @Test func startsUpWithOneStep() throws {
    let (status, message) = try answer(["--workload", "startup", "--variant", "step"])
    #expect(status == 0 && message["finished"] as? Bool == true)
    #expect((message["framework"] as? String)?.hasPrefix("Tanren ") == true)
    // Of a network that knows nothing yet, about log 10.
    #expect((1.5...4).contains(message["loss"] as? Double ?? 0))
  }

  @Test func keepsProgramsInTheNamedFolder() throws {
    let cache = folder.path + "/programs"
    for _ in 0..<2 {
      let (status, message) = try answer(["--workload", "compile", "--variant", "step", "--cache", cache])
      #expect(status == 0 && message["units"] as? Int == 1 && message["seconds"] as? Double ?? 0 > 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count == 1)
    }
  }

  @Test func tellsWhyItCannotTakePart() throws {
    let (status, message) = try answer(["--workload", "mnist-epoch", "--variant", "fit", "--data", folder.path])
    #expect(status != 0 && (message["error"] as? String)?.contains("MNIST was not found") == true)
    let unknown = try answer(["--workload", "startup", "--variant", "fit"])
    #expect(unknown.status != 0 && (unknown.message["error"] as? String)?.contains("no variant") == true)
  }
}
