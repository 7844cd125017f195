// Exports models of every kind, and for each an archive with inputs and the results that Tanren computes for them:
// ExportProbe FOLDER [NAME…]. scripts/onnx-check compares them with what ONNX Runtime computes.
import Exports
import Foundation

func fail(_ message: String, _ status: Int32) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

let arguments = CommandLine.arguments.dropFirst()
guard let folder = arguments.first else { fail("usage: ExportProbe FOLDER [NAME…]", 2) }
let wanted = Set(arguments.dropFirst())
do {
  for sample in try ExportSample.all where wanted.isEmpty || wanted.contains(sample.name) {
    do {
      try sample.write(to: folder)
    } catch {
      // The others are written all the same; what is missing fails the comparison.
      print("\(sample.name): \(error)")
    }
  }
} catch {
  fail("\(error)", 1)
}
