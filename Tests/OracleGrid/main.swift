// Checks every combination of the oracle's grid in this process and writes the deviations as JSON:
// OracleGrid THREADS [NETWORK]. Kernels are on or off by the environment variable TANREN_KERNELS; see scripts/oracle.
import Foundation
import Oracle
import PJRT

let arguments = CommandLine.arguments
guard (2...3).contains(arguments.count), let threads = Int(arguments[1]) else {
  FileHandle.standardError.write(Data("usage: OracleGrid THREADS [NETWORK]\n".utf8))
  exit(2)
}

do {
  // Nothing that another build compiled.
  try Engine.configure(device: "cpu", threads: threads, programCache: nil)
  let oracle = try Oracle()
  for combination in Combination.grid where arguments.count < 3 || combination.network == arguments[2] {
    try oracle.check(combination)
  }
  FileHandle.standardOutput.write(try JSONEncoder().encode(oracle.deviations))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
