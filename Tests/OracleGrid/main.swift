// Checks a network's combinations of the oracle's grid in this process and writes the deviations as JSON:
// OracleGrid NETWORK THREADS PROGRAMS, where PROGRAMS is a folder for compiled programs. Kernels are on or off by the
// environment variable TANREN_KERNELS. Without arguments it names the networks. See scripts/oracle.
import Foundation
import Oracle
import PJRT

func fail(_ message: String, _ status: Int32) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.isEmpty {
  print(Combination.networks.joined(separator: "\n"))
  exit(0)
}
guard arguments.count == 3, let network = arguments.first, let threads = Int(arguments[2]) else {
  fail("usage: OracleGrid [NETWORK THREADS PROGRAMS]", 2)
}

do {
  try Engine.configure(device: "cpu", threads: threads, programCache: ProgramCache(folder: arguments[3]))
  let oracle = try Oracle()
  for combination in Combination.grid(of: network) { try oracle.check(combination) }
  FileHandle.standardOutput.write(try JSONEncoder().encode(oracle.deviations))
} catch {
  fail("\(error)", 1)
}
