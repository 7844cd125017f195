import Foundation

#if canImport(Darwin)
  import Darwin
#endif

/// The processor of this machine: a program compiled for a CPU uses its instructions and its number of
/// cores, so it runs on the same kind of processor only.
enum HostProcessor {
  static let description: String = {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return "\(architecture), \(cores) cores, \(model)"
  }()

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  #if canImport(Darwin)
    private static var model: String {
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 0 else { return "" }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return "" }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  #else
    /// The lines of the first processor that name its model and instructions, without those that change over time,
    /// such as its frequency.
    private static var model: String {
      let kept: Set<String> = [
        "vendor_id", "cpu family", "model", "model name", "stepping", "flags",
        "CPU implementer", "CPU variant", "CPU part", "CPU revision", "Features",
      ]
      // Files under /proc have no size, so they must be read to their end.
      guard let handle = FileHandle(forReadingAtPath: "/proc/cpuinfo"),
        let data = try? handle.readToEnd()
      else { return "" }
      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      return lines.prefix { !$0.isEmpty }
        .filter { kept.contains($0.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)) }
        .joined(separator: "\n")
    }
  #endif
}
