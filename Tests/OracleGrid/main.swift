// Checks combinations of the oracle's grid in this process and writes the deviations as JSON:
// OracleGrid NETWORK|sample THREADS [PROGRAMS], where PROGRAMS is a folder for compiled programs. Kernels are on or off by
// the environment variable TANREN_KERNELS. Without arguments it names the networks. See scripts/oracle.
import Foundation
import Oracle
import PJRT

func fail(_ message: String, _ status: Int32) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

let arguments = CommandLine.arguments
if arguments.count == 1 {
  print(Combination.networks.joined(separator: "\n"))
  exit(0)
}
guard (3...4).contains(arguments.count), let threads = Int(arguments[2]) else {
  fail("usage: OracleGrid [NETWORK|sample THREADS [PROGRAMS]]", 2)
}

do {
  let programs = arguments.count == 4 ? ProgramCache(folder: arguments[3]) : ProgramCache()
  try Engine.configure(device: "cpu", threads: threads, programCache: programs)
  let oracle = try Oracle()
  let combinations = arguments[1] == "sample" ? Combination.sample : Combination.grid(of: arguments[1])
  for combination in combinations { try oracle.check(combination) }
  FileHandle.standardOutput.write(try JSONEncoder().encode(oracle.deviations))
} catch {
  fail("\(error)", 1)
}
