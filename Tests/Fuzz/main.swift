import CFuzzer
import Foundation
import Readers

// Fuzzes the reader that the environment variable TANREN_READER names, by libFuzzer's arguments. See scripts/fuzz.

private let name = ProcessInfo.processInfo.environment["TANREN_READER"] ?? ""
private let reader = Reader(rawValue: name)

guard reader != nil else {
  print(Reader.allCases.map(\.rawValue).joined(separator: "\n"))
  exit(name.isEmpty ? 0 : 2)
}

exit(
  tanren_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
    do {
      try reader?.accepts(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      abort()
    }
    return 0
  })
